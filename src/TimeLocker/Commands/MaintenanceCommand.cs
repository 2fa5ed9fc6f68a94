using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Commands;

/// <summary>What happens to a repository by itself.</summary>
internal static class MaintenanceCommand
{
    public static Command Build()
    {
        var check = new Option<string[]>("--check") { Description = "When to check, as cron (\"0 3 * * SUN\")." };
        var depth = Choice.Option<CheckDepth>("--depth", "Of the check: structure, part (the next of twenty parts of the data) or all. Without it: part.");
        var prune = new Option<string[]>("--prune") { Description = "When to remove data that no snapshot needs." };
        var unused = new Option<int?>("--max-unused") { Description = "Of the prune: how much of the data may be unused and stay, in percent." };
        var repack = new Option<long?>("--max-repack") { Description = "Of the prune: read and store again at most this many MiB." };
        var after = new Option<bool>("--after-removals") { Description = "Of the prune: only when snapshots were removed since the last one." };
        var copy = new Option<string[]>("--copy") { Description = "When to bring its copies up to date." };
        var stats = new Option<string[]>("--stats") { Description = "When to ask how large it is." };
        var none = new Option<bool>("--none") { Description = "Nothing happens to it by itself." };
        var command = new Command("maintenance", "Shows what happens to a repository by itself, or sets it: checks, prunes, copies, sizes.")
        {
            CommonArguments.Repository, check, depth, prune, unused, repack, after, copy, stats, none, ScheduleCommands.Zone,
        };
        return command.Remote(async (parsed, client, output, ct) =>
        {
            Schedule When(string cron) => new(cron, parsed.GetValue(ScheduleCommands.Zone)!);
            MaintenanceSchedule[] wanted =
            [
                .. (parsed.GetValue(check) ?? []).Select(c => new MaintenanceSchedule(RunKind.Check, When(c)) { Depth = parsed.GetValue(depth) ?? CheckDepth.Part }),
                .. (parsed.GetValue(prune) ?? []).Select(c => new MaintenanceSchedule(RunKind.Prune, When(c))
                {
                    MaxUnused = parsed.GetValue(unused),
                    MaxRepackMiB = parsed.GetValue(repack),
                    AfterRemovals = parsed.GetValue(after),
                }),
                .. (parsed.GetValue(copy) ?? []).Select(c => new MaintenanceSchedule(RunKind.Copy, When(c))),
                .. (parsed.GetValue(stats) ?? []).Select(c => new MaintenanceSchedule(RunKind.Stats, When(c))),
            ];
            if (wanted.Length > 0 && parsed.GetValue(none))
            {
                throw ProblemException.Invalid(Problems.SaysTwoThingsNone);
            }

            var id = await CommonArguments.RepositoryAsync(parsed, client, ct);
            var answer = wanted.Length > 0 || parsed.GetValue(none)
                ? await client.CallAsync("repositories.maintenance",
                    new { id, maintenanceSchedules = wanted, revision = await Names.RevisionAsync(client, "repositories.get", id, ct) },
                    ct)
                : await client.CallAsync("repositories.get", new { id }, ct);
            var schedules = answer!["maintenanceSchedules"]!.AsArray();
            return output.Say(answer["maintenanceSchedules"], schedules.Count == 0 ? ["Nothing happens to it by itself."] : [.. schedules.Select(c => Line(c!))]);
        });
    }

    private static string Line(JsonNode schedule) =>
        $"{schedule["kind"]}: {SchedulePreset.Say(new(schedule["when"]!["cron"]!.ToString(), schedule["when"]!["zone"]!.ToString()))}"
            + ((bool?)schedule["afterRemovals"] == true ? ", after removals" : "");
}
