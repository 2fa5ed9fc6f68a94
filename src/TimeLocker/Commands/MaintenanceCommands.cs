using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

/// <summary>What keeps a repository healthy: sub-commands of <c>repositories</c>. Each but the lists is a run, and is followed as a backup is.</summary>
internal static class MaintenanceCommands
{
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be done, and change nothing." };

    public static IEnumerable<Command> All => [Check(), Prune(), Unlock(), Repair(), Recover(), Copy(), Stats(), Locks(), Growth(), MaintenanceCommand.Build()];

    private static Command Check()
    {
        var depth = Choice.Option<CheckDepth>("--depth",
            "structure, part (the next of twenty parts of the data) or all (reads all data). Without it: structure.");
        var part = new Option<int?>("--part") { Description = "Which part of the data." };
        return Run(
            new Command("check", "Checks a repository. Exit code 0: it is intact; 1: it is damaged.")
            {
                CommonArguments.Repository, depth, part, CommonArguments.NoWait,
            },
            "repositories.check",
            parsed => new JsonObject
            {
                ["depth"] = (parsed.GetValue(part) is null ? parsed.GetValue(depth) ?? CheckDepth.Metadata : CheckDepth.Part)
                    .ToString(),
                ["part"] = parsed.GetValue(part),
            });
    }

    private static Command Prune()
    {
        var unused = new Option<int?>("--max-unused") { Description = "How much of the data may be unused and stay, in percent." };
        var repack = new Option<long?>("--max-repack") { Description = "Read and store again at most this many MiB." };
        return Run(
            new Command("prune", "Removes data that no snapshot needs.") { CommonArguments.Repository, unused, repack, DryRun, CommonArguments.NoWait },
            "repositories.prune",
            parsed => new JsonObject { ["maxUnused"] = parsed.GetValue(unused), ["maxRepackMiB"] = parsed.GetValue(repack), ["dryRun"] = parsed.GetValue(DryRun) });
    }

    private static Command Unlock() => Run(
        new Command("unlock", "Removes stale locks left by programs that are gone, never live ones.") { CommonArguments.Repository, CommonArguments.NoWait },
        "repositories.unlock",
        _ => []);

    private static Command Repair()
    {
        var step = Choice.Argument<RepairStep>("step",
            "index (build it anew), packs (save what damaged pack files still hold) or snapshots (take lost files out of them).");
        var pack = new Option<string[]>("--pack") { Description = "A damaged pack file; may be repeated. Without it: those that the last check found." };
        return Run(
            new Command("repair", "Repairs a damaged repository, one step at a time.")
            {
                CommonArguments.Repository, step, pack, DryRun, CommonArguments.NoWait,
            },
            "repositories.repair",
            parsed => new JsonObject { ["step"] = parsed.GetValue(step).ToString(), ["packs"] = new JsonArray([.. (parsed.GetValue(pack) ?? []).Select(p => JsonValue.Create(p))]), ["dryRun"] = parsed.GetValue(DryRun) });
    }

    private static Command Recover() => Run(
        new Command("recover", "Finds what removed snapshots held, while no prune has removed it, and makes a snapshot of it.")
        {
            CommonArguments.Repository, CommonArguments.NoWait,
        },
        "repositories.recover",
        _ => []);

    private static Command Copy()
    {
        var to = new Option<string?>("--to") { Description = "The copy (name or id). Without it: the only one." };
        var command = new Command("copy", "Brings a copy of this repository up to date.") { CommonArguments.Repository, to, CommonArguments.NoWait };
        return command.Remote(async (parsed, client, output, ct) => await FollowAsync(client, output, parsed, "repositories.copy",
            new JsonObject { ["to"] = parsed.GetValue(to) is { } copy ? await Names.RepositoryAsync(client, copy, ct) : null }, ct));
    }

    private static Command Stats() => Run(
        new Command("stats", "Measures how large a repository is.") { CommonArguments.Repository, CommonArguments.NoWait },
        "repositories.stats",
        _ => []);

    private static Command Locks() => new Command("locks", "Shows who holds a lock on a repository.")
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var locks = await client.CallAsync("repositories.locks", new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct);
        if (!output.Json && locks!["items"]!.AsArray().Count == 0)
        {
            return output.Say(locks, "Nobody holds a lock.");
        }

        return output.Table(locks,
            ("Lock", l => l["id"]!.ToString()[..8]),
            ("Held by", l => $"{l["user"]} on {l["host"]}, process {l["pid"]}"),
            (Names.When("Since"), l => Names.Time(l["at"])),
            ("Kind", l => (bool?)l["exclusive"] == true ? "exclusive" : "shared"),
            ("State", l => (bool?)l["stale"] == true ? "stale: unlock removes it" : "alive"));
    });

    private static Command Growth()
    {
        var days = new Option<int>("--days") { Description = "How many days back.", DefaultValueFactory = _ => 30 };
        return new Command("growth", "Shows how large a repository was at the end of each day.")
        {
            CommonArguments.Repository, days,
        }.Remote(async (parsed, client, output, ct) =>
            output.Table(await client.CallAsync("repositories.growth",
                new { id = await CommonArguments.RepositoryAsync(parsed, client, ct), days = parsed.GetValue(days) },
                ct),
                ("Day", d => d["day"]?.ToString()),
                ("Stored", d => Names.Bytes(d["storedBytes"])),
                ("Snapshots", d => d["snapshots"]?.ToString())));
    }

    private static Command Run(Command command, string operation, Func<ParseResult, JsonObject> wanted) =>
        command.Remote((parsed, client, output, ct) => FollowAsync(client, output, parsed, operation, wanted(parsed), ct));

    private static async Task<int> FollowAsync(RpcClient client, Output output, ParseResult parsed, string operation, JsonObject wanted, CancellationToken ct)
    {
        wanted["id"] = await CommonArguments.RepositoryAsync(parsed, client, ct);
        return await RunDisplay.StartAsync(client, operation, wanted, parsed, output, ct);
    }
}
