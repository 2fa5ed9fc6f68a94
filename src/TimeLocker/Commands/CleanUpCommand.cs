using System.CommandLine;
using System.Text.Json;
using TimeLocker.Core;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

internal static class CleanUpCommand
{
    public static Command Build()
    {
        var dryRun = new Option<bool>("--dry-run") { Help = Texts.SayWhatWouldGo };
        var restore = new Option<string[]>("--restore") { Help = Texts.AlsoRemoveThisFolderOfRestore };
        return new TextCommand("cleanup", Texts.CleansUp)
        {
            dryRun, restore, Show(), Policy(),
        }.Remote(async (parsed, client, output, ct) =>
        {
            var report = await client.CallAsync("cleanup.run",
                new { dryRun = parsed.GetValue(dryRun), restores = parsed.GetValue(restore) ?? [] }, ct);
            if (!output.Json && report!["count"]!.GetValue<int>() > 0)
            {
                output.Table(report["freed"],
                    (Texts.ColumnWhat, f => f["what"]?.ToString()),
                    (Texts.ColumnSize, f => Names.Bytes(f["bytes"])),
                    (Texts.ColumnPath, f => f["path"]?.ToString()));
            }

            return output.Say(report,
                Texts.Freed(Names.Bytes(report!["bytes"]), Names.Number(report["count"]), parsed.GetValue(dryRun)));
        });
    }

    private static Command Show() => new TextCommand("show", Texts.ShowsWhatCouldBeCleaned).Remote(async (_, client, output, ct) =>
        {
            var state = (await client.CallAsync("cleanup.get", null, ct))!;
            var policy = state["policy"]!;
            return output.Say(state,
            [
                .. state["held"]!.AsObject().Select(h => (string)Texts.HeldNow(Names.Bytes(h.Value), h.Key)),
                Texts.WouldGoNow(Names.Bytes(state["due"]!["bytes"]), Names.Number(state["due"]!["count"])),
                .. state["restores"]!.AsArray().Select(r => (string)Texts.CutOffRestore(TextArgument.Of(r!["path"]))),
                Texts.CleanUpRules(Names.Number(policy["logDays"]), Names.Number(policy["logCount"]),
                    Names.Number(policy["cacheMiB"])),
            ]);
        });

    private static Command Policy()
    {
        var days = new Option<int?>("--log-days") { Help = Texts.HowManyDaysLogsStay };
        var count = new Option<int?>("--log-count") { Help = Texts.HowManyLogsStay };
        var cache = new Option<long?>("--cache-mib") { Help = Texts.HowLargeCachesMayBe };
        return new TextCommand("policy", Texts.SetsHowLongLogsAreKept)
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
            return output.Say(answer, Texts.CleanUpChanged);
        });
    }
}
