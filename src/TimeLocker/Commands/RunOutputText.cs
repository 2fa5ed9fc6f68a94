using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>A run in a few words, as the dashboard says them. A dry run never sounds like one that did something.</summary>
internal static class RunOutputText
{
    public static bool IsDry(JsonNode? run) => (bool?)run?["dryRun"] == true;

    public static string State(JsonNode run)
    {
        var word = (run["outcome"] ?? run["state"])!.ToString();
        return IsDry(run) ? Texts.DryRunState(word) : word;
    }

    /// <summary>What came of it.</summary>
    public static IEnumerable<string> Result(JsonNode run)
    {
        var (kind, dry, result) = (run["kind"]!.ToString(), IsDry(run), run["result"]);
        if (result?["maintenance"] is { } maintenance)
        {
            foreach (var line in Maintenance(kind, maintenance, dry))
            {
                yield return line;
            }
        }
        else if (kind is "forget" or "tag")
        {
            yield return Texts.SnapshotsChanged(result?["changed"]?.AsObject().Count ?? 0, dry, kind);
        }
        else if (result is not null)
        {
            yield return kind == "backup" ? Backup(result, dry) : Restore(result, dry);
        }

        if (dry)
        {
            yield return Texts.ItWasDryRun;
        }
        else if (kind == "backup" && run["snapshotId"] is { } snapshot)
        {
            yield return Texts.SnapshotNamed(TextArgument.Of(snapshot));
        }
    }

    private static string Backup(JsonNode result, bool dry) =>
        Texts.BackupResult(Names.Number(result["filesTotal"]), Names.Bytes(result["bytesTotal"]),
            Names.Number(result["filesNew"]), Names.Number(result["filesChanged"]), Names.Bytes(result["bytesStored"]), dry);

    private static string Restore(JsonNode result, bool dry) => dry
        ? Texts.RestoreWould(Names.Number(result["filesRestored"]), Names.Number(result["filesNew"]),
            Names.Number(result["filesChanged"]),
            Names.Number(result["filesUnmodified"]), Names.Bytes(result["bytesRestored"]))
        : result["folder"] is { } folder
            ? Texts.RestoreResultIn(Names.Number(result["filesRestored"]), Names.Number(result["filesSkipped"]),
                Names.Bytes(result["bytesRestored"]), TextArgument.Of(folder))
            : Texts.RestoreResult(Names.Number(result["filesRestored"]), Names.Number(result["filesSkipped"]),
                Names.Bytes(result["bytesRestored"]));

    private static IEnumerable<string> Maintenance(string kind, JsonNode maintenance, bool dry)
    {
        var (snapshots, packs) = (maintenance["snapshots"]?.AsArray() ?? [], maintenance["packs"]?.AsArray() ?? []);
        yield return kind switch
        {
            "check" => Texts.CheckResult(Names.Number(maintenance["errors"]), packs.Count, snapshots.Count),
            "prune" => Texts.PruneResult(dry,
                Names.Bytes(maintenance["bytesFreed"]), Names.Bytes(maintenance["bytesRepacked"]),
                Names.Bytes(maintenance["bytesUnused"])),
            "unlock" => Texts.UnlockResult(Names.Number(maintenance["locksRemoved"])),
            "repair" => Texts.RepairResult(dry, snapshots.Count, packs.Count),
            "copy" => Texts.CopyResult(snapshots.Count),
            "recover" => snapshots.Count == 0 ? Texts.NothingWasLost
                : Texts.RecoverResult(string.Join(", ", snapshots.Select(s => s!.ToString()))),
            _ => Texts.StatsResult(Names.Bytes(maintenance["bytesStored"]),
                Names.Bytes(maintenance["bytesUncompressed"]), Names.Number(maintenance["blobs"])),
        };
        var said = (maintenance["report"]?.AsArray() ?? []).Select(l => l!.ToString());
        foreach (var line in said.Concat(kind == "check"
            ? snapshots.Select(s => Texts.SnapshotNamed(TextArgument.Of(s)).Full) : []))
        {
            yield return line;
        }
    }
}
