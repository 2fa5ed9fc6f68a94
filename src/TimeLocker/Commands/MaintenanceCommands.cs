using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

/// <summary>
/// What keeps a repository healthy: sub-commands of <c>repositories</c>. Each but the lists is a run, and is followed
/// as a backup is.
/// </summary>
internal static class MaintenanceCommands
{
    private static readonly Option<bool> DryRun = new("--dry-run") { Help = Texts.SayWhatWouldBeDone };

    public static IEnumerable<Command> All =>
        [Check(), Prune(), Unlock(), Repair(), Recover(), Copy(), Stats(), Locks(), Growth(),
            MaintenanceCommand.Build()];

    private static Command Check()
    {
        var depth = Choice.Option<CheckDepth>("--depth", Texts.CheckDepthNow);
        var part = new Option<int?>("--part") { Help = Texts.WhichPartOfData };
        return Run(
            new TextCommand("check", Texts.ChecksRepository)
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
        var unused = new Option<int?>("--max-unused") { Help = Texts.MayLeaveUnused };
        var repack = new Option<long?>("--max-repack") { Help = Texts.RepacksAtMost };
        return Run(
            new TextCommand("prune", Texts.RemovesDataThatNoSnapshotNeeds) { CommonArguments.Repository, unused, repack,
                DryRun, CommonArguments.NoWait },
            "repositories.prune",
            parsed => new JsonObject
            {
                ["maxUnused"] = parsed.GetValue(unused),
                ["maxRepackMiB"] = parsed.GetValue(repack),
                ["dryRun"] = parsed.GetValue(DryRun),
            });
    }

    private static Command Unlock() => Run(
        new TextCommand("unlock", Texts.RemovesStaleLocks) { CommonArguments.Repository, CommonArguments.NoWait },
        "repositories.unlock",
        _ => []);

    private static Command Repair()
    {
        var step = Choice.Argument<RepairStep>("step", Texts.RepairSteps);
        var pack = new Option<string[]>("--pack") { Help = Texts.DamagedPackFile };
        return Run(
            new TextCommand("repair", Texts.RepairsRepository)
            {
                CommonArguments.Repository, step, pack, DryRun, CommonArguments.NoWait,
            },
            "repositories.repair",
            parsed => new JsonObject
            {
                ["step"] = parsed.GetValue(step).ToString(),
                ["packs"] = new JsonArray([.. (parsed.GetValue(pack) ?? []).Select(p => JsonValue.Create(p))]),
                ["dryRun"] = parsed.GetValue(DryRun),
            });
    }

    private static Command Recover() => Run(
        new TextCommand("recover", Texts.RecoversRemovedSnapshots)
        {
            CommonArguments.Repository, CommonArguments.NoWait,
        },
        "repositories.recover",
        _ => []);

    private static Command Copy()
    {
        var to = new Option<string?>("--to") { Help = Texts.CopyOrTheOnlyOne };
        var command = new TextCommand("copy", Texts.BringsCopyOfThisRepository) { CommonArguments.Repository, to,
            CommonArguments.NoWait };
        return command.Remote(async (parsed, client, output, ct) => await FollowAsync(client, output, parsed, "repositories.copy",
            new JsonObject
            {
                ["to"] = parsed.GetValue(to) is { } copy ? await Names.RepositoryAsync(client, copy, ct)
                : null
            }, ct));
    }

    private static Command Stats() => Run(
        new TextCommand("stats", Texts.MeasuresHowLargeRepository) { CommonArguments.Repository, CommonArguments.NoWait },
        "repositories.stats",
        _ => []);

    private static Command Locks() => new TextCommand("locks", Texts.ShowsWhoHoldsLockOnRepository)
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var locks = await client.CallAsync("repositories.locks",
            new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct);
        if (!output.Json && locks!["items"]!.AsArray().Count == 0)
        {
            return output.Say(locks, Texts.NobodyHoldsLock);
        }

        return output.Table(locks,
            (Texts.ColumnLock, l => l["id"]!.ToString()[..8]),
            (Texts.ColumnHeldBy,
                l => Texts.LockHolder(TextArgument.Of(l["user"]), TextArgument.Of(l["host"]),
                    TextArgument.Of(l["pid"]))),
            (Names.When(Texts.ColumnSince), l => Names.Time(l["at"])),
            (Texts.ColumnKind, l => Texts.LockKind((bool?)l["exclusive"] == true)),
            (Texts.ColumnState, l => Texts.LockState((bool?)l["stale"] == true)));
    });

    private static Command Growth()
    {
        var days = new Option<int>("--days") { Help = Texts.HowManyDaysBack, DefaultValueFactory = _ => 30 };
        return new TextCommand("growth", Texts.ShowsGrowth)
        {
            CommonArguments.Repository, days,
        }.Remote(async (parsed, client, output, ct) =>
            output.Table(await client.CallAsync("repositories.growth",
                new { id = await CommonArguments.RepositoryAsync(parsed, client, ct), days = parsed.GetValue(days) },
                ct),
                (Texts.ColumnDay, d => d["day"]?.ToString()),
                (Texts.ColumnStored, d => Names.Bytes(d["storedBytes"])),
                (Texts.ColumnSnapshots, d => d["snapshots"]?.ToString())));
    }

    private static Command Run(Command command, string operation, Func<ParseResult, JsonObject> wanted) =>
        command.Remote((parsed, client, output, ct) => FollowAsync(client, output, parsed, operation, wanted(parsed), ct));

    private static async Task<int> FollowAsync(RpcClient client, Output output, ParseResult parsed, string operation,
        JsonObject wanted, CancellationToken ct)
    {
        wanted["id"] = await CommonArguments.RepositoryAsync(parsed, client, ct);
        return await RunDisplay.StartAsync(client, operation, wanted, parsed, output, ct);
    }
}
