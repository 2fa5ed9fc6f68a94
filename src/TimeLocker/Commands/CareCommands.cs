using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

/// <summary>What keeps a repository healthy: sub-commands of <c>repositories</c>. Each but the lists is a run, and is followed as a backup is.</summary>
internal static class CareCommands
{
    private static readonly Argument<string> Name = new("name") { Description = "Name or id of the repository." };
    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "Print the run and leave; it goes on." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be done, and change nothing." };

    public static IEnumerable<Command> All => [Check(), Prune(), Unlock(), Repair(), Copy(), Stats(), Locks(), Growth(), UpkeepCommand.Build()];

    private static Command Check()
    {
        var depth = new Option<CheckDepth>("--depth") { Description = "metadata, part (the next of twenty parts of the data) or full (all data; reads everything)." };
        var part = new Option<int?>("--part") { Description = "Which part of the data." };
        return Run(new Command("check", "Checks a repository. Exit 0 it is well, 1 it is damaged.") { Name, depth, part, NoWait }, "repositories.check",
            parsed => new JsonObject { ["depth"] = (parsed.GetValue(part) is null ? parsed.GetValue(depth) : CheckDepth.Part).ToString(), ["part"] = parsed.GetValue(part) });
    }

    private static Command Prune()
    {
        var unused = new Option<int?>("--max-unused") { Description = "Share of unused data that may stay, in percent." };
        var repack = new Option<long?>("--max-repack") { Description = "Load and store at most so many MiB anew." };
        return Run(new Command("prune", "Removes data that no snapshot needs.") { Name, unused, repack, DryRun, NoWait }, "repositories.prune",
            parsed => new JsonObject { ["maxUnused"] = parsed.GetValue(unused), ["maxRepackMiB"] = parsed.GetValue(repack), ["dryRun"] = parsed.GetValue(DryRun) });
    }

    private static Command Unlock() => Run(new Command("unlock", "Removes locks of programs that are gone, never live ones.") { Name, NoWait }, "repositories.unlock", _ => []);

    private static Command Repair()
    {
        var step = new Argument<RepairStep>("step") { Description = "index (build it anew), packs (save what damaged pack files still hold) or snapshots (take lost files out of them)." };
        var pack = new Option<string[]>("--pack") { Description = "A damaged pack file; may be repeated. Without it: those that the last check found." };
        return Run(new Command("repair", "Repairs a damaged repository, one step at a time.") { Name, step, pack, DryRun, NoWait }, "repositories.repair",
            parsed => new JsonObject { ["step"] = parsed.GetValue(step).ToString(), ["packs"] = new JsonArray([.. (parsed.GetValue(pack) ?? []).Select(p => JsonValue.Create(p))]), ["dryRun"] = parsed.GetValue(DryRun) });
    }

    private static Command Copy()
    {
        var to = new Option<string?>("--to") { Description = "The copy (name or id). Without it: the only one." };
        var command = new Command("copy", "Brings a copy of this repository up to date.") { Name, to, NoWait };
        return command.Remote(async (parsed, client, output, ct) => await FollowAsync(client, output, parsed, "repositories.copy",
            new JsonObject { ["to"] = parsed.GetValue(to) is { } copy ? await Names.RepositoryAsync(client, copy, ct) : null }, ct));
    }

    private static Command Stats() => Run(new Command("stats", "Asks how large a repository is.") { Name, NoWait }, "repositories.stats", _ => []);

    private static Command Locks() => new Command("locks", "Shows who holds a repository now.") { Name }.Remote(async (parsed, client, output, ct) =>
    {
        var locks = await client.CallAsync("repositories.locks", new { id = await Names.RepositoryAsync(client, parsed.GetValue(Name)!, ct) }, ct);
        if (!output.Json && locks!["items"]!.AsArray().Count == 0)
        {
            output.Line("Nobody holds a lock.");
            return Exit.Ok;
        }

        output.Table(locks,
            ("Lock", l => l["id"]!.ToString()[..8]),
            ("Held by", l => $"{l["user"]} on {l["host"]}, process {l["pid"]}"),
            ("Since", l => Names.Time(l["at"])),
            ("Kind", l => (bool?)l["exclusive"] == true ? "exclusive" : "shared"),
            ("State", l => (bool?)l["stale"] == true ? "stale: unlock removes it" : "alive"));
        return Exit.Ok;
    });

    private static Command Growth()
    {
        var days = new Option<int>("--days") { Description = "How many days back.", DefaultValueFactory = _ => 30 };
        return new Command("growth", "Shows how large a repository was at the end of each day.") { Name, days }.Remote(async (parsed, client, output, ct) =>
        {
            output.Table(await client.CallAsync("repositories.growth", new { id = await Names.RepositoryAsync(client, parsed.GetValue(Name)!, ct), days = parsed.GetValue(days) }, ct),
                ("Day", d => d["day"]?.ToString()),
                ("Stored", d => Names.Bytes(d["storedBytes"])),
                ("Snapshots", d => d["snapshots"]?.ToString()));
            return Exit.Ok;
        });
    }

    private static Command Run(Command command, string operation, Func<ParseResult, JsonObject> wanted) =>
        command.Remote((parsed, client, output, ct) => FollowAsync(client, output, parsed, operation, wanted(parsed), ct));

    private static async Task<int> FollowAsync(RpcClient client, Output output, ParseResult parsed, string operation, JsonObject wanted, CancellationToken ct)
    {
        wanted["id"] = await Names.RepositoryAsync(client, parsed.GetValue(Name)!, ct);
        var run = await client.CallAsync(operation, wanted, ct);
        if (parsed.GetValue(NoWait))
        {
            output.Value(run);
            return Exit.Ok;
        }

        return await RunWatch.FollowAsync(client, run!["id"]!.ToString(), output, ct);
    }
}
