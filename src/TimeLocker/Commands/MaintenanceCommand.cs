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
        var check = new Option<string[]>("--check") { Help = Texts.WhenToCheck };
        var depth = Choice.Option<CheckDepth>("--depth", Texts.CheckDepthScheduled);
        var prune = new Option<string[]>("--prune") { Help = Texts.WhenToRemoveData };
        var unused = new Option<int?>("--max-unused") { Help = Texts.PruneMayLeaveUnused };
        var repack = new Option<long?>("--max-repack") { Help = Texts.PruneRepacksAtMost };
        var after = new Option<bool>("--after-removals") { Help = Texts.PruneOnlyAfterRemovals };
        var copy = new Option<string[]>("--copy") { Help = Texts.WhenToBringItsCopies };
        var stats = new Option<string[]>("--stats") { Help = Texts.WhenToAskHowLarge };
        var none = new Option<bool>("--none") { Help = Texts.NothingHappensToItByItself };
        var command = new TextCommand("maintenance", Texts.ShowsWhatHappensToRepository)
        {
            CommonArguments.Repository, check, depth, prune, unused, repack, after, copy, stats, none, ScheduleCommands.Zone,
        };
        return command.Remote(async (parsed, client, output, ct) =>
        {
            Schedule When(string cron) => new(cron, parsed.GetValue(ScheduleCommands.Zone)!);
            MaintenanceSchedule[] wanted =
            [
                .. (parsed.GetValue(check)
                    ?? []).Select(c => new MaintenanceSchedule(RunKind.Check,
                        When(c)) { Depth = parsed.GetValue(depth) ?? CheckDepth.Part }),
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
                    new
                    {
                        id,
                        maintenanceSchedules = wanted,
                        revision = await Names.RevisionAsync(client, "repositories.get", id, ct)
                    },
                    ct)
                : await client.CallAsync("repositories.get", new { id }, ct);
            var schedules = answer!["maintenanceSchedules"]!.AsArray();
            return output.Say(answer["maintenanceSchedules"],
                schedules.Count == 0 ? [Texts.NothingHappensToItByItself] : [.. schedules.Select(c => Line(c!))]);
        });
    }

    private static string Line(JsonNode schedule) =>
        Texts.MaintenanceLine(TextArgument.Of(schedule["kind"]),
            SchedulePreset.Say(new(schedule["when"]!["cron"]!.ToString(), schedule["when"]!["zone"]!.ToString())),
            (bool?)schedule["afterRemovals"] == true);
}
