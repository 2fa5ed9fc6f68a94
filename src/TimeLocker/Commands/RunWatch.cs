using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

/// <summary>Shows a run until its end: one line that moves on a terminal, one JSON line a change for programs.</summary>
internal static class RunWatch
{
    /// <returns>The exit code that goes with the run's outcome.</returns>
    public static async Task<int> FollowAsync(RpcClient client, string id, Output output, CancellationToken ct)
    {
        JsonNode? last = null;
        await foreach (var run in client.WatchAsync(id, ct))
        {
            last = run;
            if (output.Json)
            {
                Console.WriteLine(run.ToJsonString());
            }
            else if (!Console.IsOutputRedirected)
            {
                Console.Write($"\r\u001b[K{Line(run)}");
            }
        }

        var outcome = last?["outcome"].Deserialize<RunOutcome?>(ApiJson.Options);
        if (!output.Json)
        {
            Console.WriteLine($"{(Console.IsOutputRedirected ? "" : "\r\u001b[K")}{last?["title"]}: {outcome?.ToString().ToLowerInvariant() ?? "the server stopped; the run goes on"}");
            Say(last, output);
        }

        return Exit.Of(outcome);
    }

    private static void Say(JsonNode? run, Output output)
    {
        if (run?["result"]?["health"] is { } health)
        {
            SayHealth(run["kind"]!.ToString(), health, (bool?)run["result"]!["dryRun"] == true, output);
        }
        else if (run?["kind"]?.ToString() is "forget" or "tag")
        {
            var changed = run["result"]?["changed"]?.AsObject().Count ?? 0;
            output.Line($"  {changed} {(changed == 1 ? "snapshot" : "snapshots")} {(run["kind"]!.ToString() == "forget" ? "removed" : "changed")}");
        }
        else if (run?["result"] is { } result)
        {
            output.Line(run["kind"]?.ToString() == "backup"
                ? $"  {result["filesTotal"]} files, {Names.Bytes(result["bytesTotal"])}; {result["filesNew"]} new, {result["filesChanged"]} changed; {Names.Bytes(result["bytesStored"])} added"
                : $"  {result["filesRestored"]} restored, {result["filesSkipped"]} skipped, {Names.Bytes(result["bytesRestored"])}{(result["folder"] is { } folder ? $" in {folder}" : "")}");
        }

        if (run?["snapshotId"] is { } snapshot && run["kind"]?.ToString() == "backup")
        {
            output.Line($"  snapshot {snapshot}");
        }

        if (run?["problem"] is { } problem)
        {
            Console.Error.WriteLine($"{problem["what"]}\n  Why:  {problem["why"]}\n  Next: {problem["next"]}");
        }
    }

    private static void SayHealth(string kind, JsonNode health, bool dryRun, Output output)
    {
        var snapshots = health["snapshots"]?.AsArray() ?? [];
        output.Line(kind switch
        {
            "check" => $"  {health["errors"]} errors, {health["packs"]!.AsArray().Count} damaged or missing pack files, {snapshots.Count} snapshots concerned",
            "prune" => $"  {Names.Bytes(health["bytesFreed"])} {(dryRun ? "would be freed" : "freed")}, {Names.Bytes(health["bytesRepacked"])} stored anew, {Names.Bytes(health["bytesUnused"])} unused data stays",
            "unlock" => $"  {health["locksRemoved"]} locks removed",
            "repair" => $"  {snapshots.Count} snapshots {(dryRun ? "would be changed or are concerned" : "changed")}, {health["packs"]!.AsArray().Count} pack files {(dryRun ? "looked at" : "taken out")}",
            "copy" => $"  {snapshots.Count} {(snapshots.Count == 1 ? "snapshot" : "snapshots")} copied",
            _ => $"  {Names.Bytes(health["bytesStored"])} stored, {Names.Bytes(health["bytesUncompressed"])} before compression, {health["blobs"]} pieces",
        });
        foreach (var line in (health["report"]?.AsArray() ?? []).Concat(kind == "check" ? snapshots.Select(s => JsonValue.Create($"snapshot {s}")) : []))
        {
            output.Line($"  {line}");
        }
    }

    private static string Line(JsonNode run)
    {
        var p = run["progress"]!;
        if (run["kind"]?.ToString() is not ("backup" or "restore"))
        {
            return string.Join(": ", ((string?[])[run["title"]?.ToString(), p["phase"]?.ToString() ?? run["state"]?.ToString(), p["note"]?.ToString()]).Where(part => part is not null));
        }

        var percent = p["fraction"] is { } fraction ? $"{(double)fraction:P0}" : "counting";
        return $"{run["title"]}: {run["state"]} {percent}, {p["filesDone"]} files, {Names.Bytes(p["bytesDone"])}, {Names.Bytes(p["bytesPerSecond"])}/s";
    }
}
