using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

/// <summary>A run in a few words, as the dashboard says them. A dry run never sounds like one that did something.</summary>
internal static class RunOutputText
{
    public static bool IsDry(JsonNode? run) => (bool?)run?["dryRun"] == true;

    public static string State(JsonNode run)
    {
        var word = (run["outcome"] ?? run["state"])!.ToString();
        return !IsDry(run) ? word : word == "succeeded" ? "dry run" : $"dry run {word}";
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
            var changed = result?["changed"]?.AsObject().Count ?? 0;
            yield return $"{Names.Count(changed, "snapshot")} {(dry ? "would be " : "")}{(kind == "forget" ? "removed" : "changed")}";
        }
        else if (result is not null)
        {
            yield return kind == "backup" ? Backup(result, dry) : Restore(result, dry);
        }

        if (dry)
        {
            yield return "It was a dry run: nothing was written.";
        }
        else if (kind == "backup" && run["snapshotId"] is { } snapshot)
        {
            yield return $"snapshot {snapshot}";
        }
    }

    private static string Backup(JsonNode result, bool dry) =>
        $"{Names.Count(result["filesTotal"], "file")}, {Names.Bytes(result["bytesTotal"])}; "
            + $"{result["filesNew"]} new, {result["filesChanged"]} changed; "
            + $"{Names.Bytes(result["bytesStored"])} {(dry ? "would be added" : "added")}";

    private static string Restore(JsonNode result, bool dry) => dry
        ? $"{Names.Count(result["filesRestored"], "file or folder", "files and folders")} would be restored; of the files {result["filesNew"]} are new, "
            + $"{result["filesChanged"]} replaced, {result["filesUnmodified"]} unchanged; {Names.Bytes(result["bytesRestored"])} would be written"
        : $"{result["filesRestored"]} restored, {result["filesSkipped"]} skipped, "
            + $"{Names.Bytes(result["bytesRestored"])}{(result["folder"] is { } folder ? $" in {folder}" : "")}";

    private static IEnumerable<string> Maintenance(string kind, JsonNode maintenance, bool dry)
    {
        var (snapshots, packs) = (maintenance["snapshots"]?.AsArray() ?? [], maintenance["packs"]?.AsArray() ?? []);
        var concerned = Names.Count(snapshots.Count, "snapshot");
        yield return kind switch
        {
            "check" => $"{Names.Count(maintenance["errors"], "error")}, {Names.Count(packs.Count, "damaged or missing pack file")}, {concerned} concerned",
            "prune" => $"{Names.Bytes(maintenance["bytesFreed"])} {(dry ? "would be freed" : "freed")}, "
                + $"{Names.Bytes(maintenance["bytesRepacked"])} {(dry ? "would be stored anew" : "stored anew")}, "
                + $"{Names.Bytes(maintenance["bytesUnused"])} of unused data {(dry ? "would stay" : "stay")}",
            "unlock" => $"{Names.Count(maintenance["locksRemoved"], "lock")} removed",
            "repair" => $"{concerned} {(dry ? "would be changed or are concerned" : "changed")}, "
                + $"{Names.Count(packs.Count, "pack file")} {(dry ? "looked at" : "taken out")}",
            "copy" => $"{concerned} copied",
            "recover" => snapshots.Count == 0 ? "nothing was lost" : $"made snapshot {string.Join(", ", snapshots.Select(s => s!.ToString()))}",
            _ => $"{Names.Bytes(maintenance["bytesStored"])} stored, "
                + $"{Names.Bytes(maintenance["bytesUncompressed"])} before compression, {Names.Count(maintenance["blobs"], "piece")}",
        };
        var said = (maintenance["report"]?.AsArray() ?? []).Select(l => l!.ToString());
        foreach (var line in said.Concat(kind == "check" ? snapshots.Select(s => $"snapshot {s}") : []))
        {
            yield return line;
        }
    }
}
