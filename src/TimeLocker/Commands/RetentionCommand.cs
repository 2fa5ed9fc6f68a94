using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class RetentionCommand
{
    private static readonly Option<string?> InCopy = new("--copy") { Help = Texts.InThisCopy };

    public static Command Build() => new TextCommand("retention", Texts.AboutRetention)
    {
        Set(), Apply(), Pending(), Keep(), Calendar(), CopyRetentionCommand.Build(), CommonArguments.Plan, InCopy,
    }.WithPolicy().Remote(PreviewAsync).Also("preview", Texts.ShowsWhatStaysOfPlan);

    // With rules: what those would do.
    private static async Task<int> PreviewAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct)
    {
        var id = await CommonArguments.PlanAsync(parsed, client, ct);
        var policy = PolicyOptions.Read(parsed);
        var wanted = policy ?? [];
        (wanted["id"], wanted["copy"]) = (id, await CopyAsync(parsed, client, ct));
        return Show(await client.CallAsync(policy is null ? "retention.preview" : "retention.try", wanted, ct), output);
    }

    private static Command Set()
    {
        var named = new Option<string?>("--policy") { Help = Texts.PolicyWithThisNameOrId };
        var all = new Option<bool>("--everything") { Help = Texts.KeepsEverything };
        return new TextCommand("set", Texts.SetsRetention)
        {
            CommonArguments.Plan, named, all,
        }.WithPolicy().Remote(async (parsed, client, output, ct) =>
        {
            var policy = PolicyOptions.Read(parsed);
            var id = parsed.GetValue(named) is { } name ? await Names.PolicyAsync(client, name, ct) : null;
            if (policy is null && id is null && !parsed.GetValue(all))
            {
                throw Core.ProblemException.Invalid(Problems.NothingSaysWhatStays);
            }

            var plan = await CommonArguments.PlanAsync(parsed, client, ct);
            await client.CallAsync("retention.set", new JsonObject { ["id"] = plan, ["policy"] = policy, ["policyId"] = id }, ct);
            return Show(await client.CallAsync("retention.preview", new { id = plan }, ct), output);
        });
    }

    private static Command Apply() => new TextCommand("apply", Texts.AppliesRetention)
    {
        CommonArguments.Plan, InCopy,
    }.Remote(async (parsed, client, output, ct) =>
        Show(
            await client.CallAsync("retention.apply",
                new
                {
                    id = await CommonArguments.PlanAsync(parsed, client, ct),
                    copy = await CopyAsync(parsed, client, ct),
                    reason = Texts.OnCommandLine.Full,
                },
                ct),
            output));

    private static Command Pending() => new TextCommand("pending", Texts.ListsWhatWaitsForItsRemoval)
    {
        CommonArguments.Plan, InCopy,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var places = (await client.CallAsync("repositories.list", null, ct))!["items"]!.AsArray()
            .ToDictionary(r => r!["id"]!.ToString(), r => r!["name"]!.ToString());
        return output.Table(await client.CallAsync("retention.pending",
            new { id = await CommonArguments.PlanAsync(parsed, client, ct), copy = await CopyAsync(parsed, client, ct) },
            ct),
            (Texts.ColumnSnapshot, p => p["snapshot"]!.ToString()[..8]),
            (Texts.ColumnIn, p => places.GetValueOrDefault(p["repositoryId"]!.ToString())),
            (Names.When(Texts.ColumnMarked), p => Names.Time(p["markedAt"])),
            (Names.When(Texts.ColumnRemovedAfter), p => Names.Time(p["removeAfter"])),
            (Texts.ColumnState, p => Texts.RemovalState(p["runId"] is not null)));
    });

    private static Command Keep()
    {
        var snapshot = new Argument<string>("snapshot") { Help = Texts.SnapshotIdOrBeginning };
        var reason = new Option<string?>("--reason") { Help = Texts.WhyItStays };
        return new TextCommand("keep", Texts.BringsBackSnapshot)
        {
            CommonArguments.Plan, snapshot, reason, InCopy,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var pin = await client.CallAsync("retention.keep",
                new
                {
                    id = await CommonArguments.PlanAsync(parsed, client, ct),
                    snapshot = parsed.GetValue(snapshot),
                    copy = await CopyAsync(parsed, client, ct),
                    reason = parsed.GetValue(reason),
                },
                ct);
            return output.Say(pin, Texts.StaysPinned(TextArgument.Of(pin!["reason"])));
        });
    }

    private static Command Calendar()
    {
        var day = new Option<DateOnly?>("--day") { Help = Texts.SnapshotsOnDay };
        return new TextCommand("calendar", Texts.ShowsWhichSnapshotsWillExist)
        {
            CommonArguments.Plan, day,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("retention.calendar",
                new
                {
                    id = await CommonArguments.PlanAsync(parsed, client, ct),
                    day = parsed.GetValue(day)?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                },
                ct);
            if (output.Json)
            {
                output.Value(answer);
            }
            else if (answer!["chosen"] is { } chosen)
            {
                output.Table(
                    chosen["snapshots"],
                    (Texts.ColumnSnapshot, s => s["id"]?.ToString()[..8] ?? Texts.SnapshotToCome),
                    (Names.When(Texts.ColumnTime), s => Names.Time(s["time"])),
                    (Texts.ColumnWhy, s => Why(s["reasons"])));
            }
            else
            {
                var ends = answer["days"]!.AsArray().OfType<JsonNode>().GroupBy(d => d["day"]!.ToString()[..7])
                    .Select(month => month.Last().DeepClone());
                output.Table(new JsonArray([.. ends]), (Texts.ColumnDay, d => d["day"]?.ToString()),
                    (Texts.ColumnSnapshots, d => d["snapshots"]?.ToString()));
            }

            return Exit.Ok;
        });
    }

    private static async Task<string?> CopyAsync(ParseResult parsed, RpcClient client, CancellationToken ct) =>
        parsed.GetValue(InCopy) is { } copy ? await Names.RepositoryAsync(client, copy, ct) : null;

    private static int Show(JsonNode? preview, Output output)
    {
        if (output.Json)
        {
            output.Value(preview);
            return Exit.Ok;
        }

        var keep = preview!["keep"]!.AsArray().OfType<JsonNode>().ToList();
        var remove = preview["remove"]!.AsArray().OfType<JsonNode>().ToList();
        output.Table(new JsonArray([.. keep.Concat(remove).OrderByDescending(f => f["time"]!.ToString(),
            StringComparer.Ordinal).Select(f => f.DeepClone())]),
            (Texts.ColumnSnapshot, f => f["id"]!.ToString()[..8]),
            (Names.When(Texts.ColumnTime), f => Names.Time(f["time"])),
            (Texts.ColumnWhatBecomesOfIt, f => f["reasons"]!.AsArray().Count > 0
                ? Texts.StaysBecause(Why(f["reasons"]))
                : Texts.GoesAfter(Names.Moment(f["removeAfter"]), f["pendingSince"] is not null)));
        output.Line(Texts.StayAndGo(keep.Count, remove.Count));
        if (preview["blocked"] is { } blocked)
        {
            output.Line($"{blocked["what"]} {blocked["why"]} {blocked["next"]}");
        }

        if ((bool?)preview["asksFirst"] == true)
        {
            output.Line(Texts.AsksAdminFirst);
        }

        return Exit.Ok;
    }

    private static string Why(JsonNode? reasons) =>
        reasons!.AsArray() is { Count: > 0 } all ? string.Join(", ", all) : Texts.WaitsForItsRemoval;
}
