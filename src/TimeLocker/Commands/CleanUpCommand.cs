using System.CommandLine;
using System.Text.Json;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

internal static class CleanUpCommand
{
    public static Command Build()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would go; remove nothing." };
        var restore = new Option<string[]>("--restore") { Description = "Also remove this folder of a restore that was cut off; may be repeated." };
        return new Command("cleanup", "Removes caches of removed repositories, forgotten temporary files and old logs.")
        {
            dryRun, restore, Show(), Policy(),
        }.Remote(async (parsed, client, output, ct) =>
        {
            var report = await client.CallAsync("cleanup.run", new { dryRun = parsed.GetValue(dryRun), restores = parsed.GetValue(restore) ?? [] }, ct);
            if (!output.Json && report!["count"]!.GetValue<int>() > 0)
            {
                output.Table(report["freed"],
                    ("What", f => f["what"]?.ToString()),
                    ("Size", f => Names.Bytes(f["bytes"])),
                    ("Path", f => f["path"]?.ToString()));
            }

            var freed = parsed.GetValue(dryRun) ? "would be freed; nothing was removed" : "freed";
            return output.Say(report,
                $"{Names.Bytes(report!["bytes"])} in {Names.Count(report["count"], "place")} {freed}.");
        });
    }

    private static Command Show() => new Command("show",
        "Shows what could be cleaned up, what would go now, and the rules for it.").Remote(async (_, client, output, ct) =>
        {
            var state = (await client.CallAsync("cleanup.get", null, ct))!;
            var policy = state["policy"]!;
            return output.Say(state,
            [
                .. state["held"]!.AsObject().Select(h => $"{Names.Bytes(h.Value)} of {h.Key}"),
                $"{Names.Bytes(state["due"]!["bytes"])} in {Names.Count(state["due"]!["count"], "place")} would go now.",
                .. state["restores"]!.AsArray().Select(r => $"Cut off, goes only when named (--restore): {r!["path"]}"),
                $"Logs stay {Names.Count(policy["logDays"], "day")}, at most {policy["logCount"]} of them; caches may hold "
                    + $"{((long)policy["cacheMiB"]! == 0 ? "any size" : $"{policy["cacheMiB"]} MiB")}.",
            ]);
        });

    private static Command Policy()
    {
        var days = new Option<int?>("--log-days") { Description = "How many days logs stay." };
        var count = new Option<int?>("--log-count") { Description = "How many logs stay at the most." };
        var cache = new Option<long?>("--cache-mib") { Description = "How many MiB of caches a machine may hold; 0: no limit." };
        return new Command("policy", "Sets how long logs are kept and how large caches may be. What you leave out stays as it is.")
        {
            days, count, cache,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var state = (await client.CallAsync("cleanup.get", null, ct))!;
            var now = state["policy"].Deserialize<CleanUpPolicy>(ApiJson.Options)!;
            var answer = await client.CallAsync("cleanup.policy", new
            {
                logDays = parsed.GetValue(days) ?? now.LogDays,
                logCount = parsed.GetValue(count) ?? now.LogCount,
                cacheMiB = parsed.GetValue(cache) ?? now.CacheMiB,
                revision = (int)state["revision"]!,
            }, ct);
            return output.Say(answer, "Changed; see “timelocker cleanup show”.");
        });
    }
}
