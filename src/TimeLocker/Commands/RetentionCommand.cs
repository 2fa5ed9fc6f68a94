using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class RetentionCommand
{
    private static readonly Option<string?> InCopy = new("--copy") { Description = "In this copy of the plan's repository (name or id)." };

    public static Command Build() => new Command("retention", "Shows what stays of a plan and what goes; sets and applies its rules; in a copy: copy.")
    {
        Set(), Apply(), Pending(), Keep(), Calendar(), CopyRetentionCommand.Build(), CommonArguments.Plan, InCopy,
    }.WithPolicy().Remote(PreviewAsync).Also("preview");

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
        var named = new Option<string?>("--policy") { Description = "A policy with this name or id, instead of rules." };
        var all = new Option<bool>("--everything") { Description = "Nothing is removed any more." };
        return new Command("set", "Gives a plan rules, a named policy, or none (--everything).")
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

    private static Command Apply() => new Command("apply", "Marks now what the policy does not keep; it goes when it has waited long enough.")
    {
        CommonArguments.Plan, InCopy,
    }.Remote(async (parsed, client, output, ct) =>
        Show(
            await client.CallAsync("retention.apply",
                new
                {
                    id = await CommonArguments.PlanAsync(parsed, client, ct),
                    copy = await CopyAsync(parsed, client, ct),
                    reason = "on the command line",
                },
                ct),
            output));

    private static Command Pending() => new Command("pending", "Lists what waits for its removal, in the repository and its copies.")
    {
        CommonArguments.Plan, InCopy,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var places = (await client.CallAsync("repositories.list", null, ct))!["items"]!.AsArray().ToDictionary(r => r!["id"]!.ToString(), r => r!["name"]!.ToString());
        return output.Table(await client.CallAsync("retention.pending",
            new { id = await CommonArguments.PlanAsync(parsed, client, ct), copy = await CopyAsync(parsed, client, ct) },
            ct),
            ("Snapshot", p => p["snapshot"]!.ToString()[..8]),
            ("In", p => places.GetValueOrDefault(p["repositoryId"]!.ToString())),
            (Names.When("Marked"), p => Names.Time(p["markedAt"])),
            (Names.When("Removed after"), p => Names.Time(p["removeAfter"])),
            ("State", p => p["runId"] is null ? "waits" : "is being removed"));
    });

    private static Command Keep()
    {
        var snapshot = new Argument<string>("snapshot") { Description = "Its id or the beginning of it." };
        var reason = new Option<string?>("--reason") { Description = "Why it stays." };
        return new Command("keep", "Brings back a snapshot that waits for its removal, and pins it.")
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
            return output.Say(pin, $"It stays, pinned: {pin!["reason"]}.");
        });
    }

    private static Command Calendar()
    {
        var day = new Option<DateOnly?>("--day") { Description = "Which snapshots there will be on this day (2027-06-30). Without it: how many at the end of each month." };
        return new Command("calendar", "Shows which snapshots will exist in the coming year if every backup runs on time.")
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
                    ("Snapshot", s => s["id"]?.ToString()[..8] ?? "to come"),
                    (Names.When("Time"), s => Names.Time(s["time"])),
                    ("Why", s => Why(s["reasons"])));
            }
            else
            {
                var ends = answer["days"]!.AsArray().OfType<JsonNode>().GroupBy(d => d["day"]!.ToString()[..7]).Select(month => month.Last().DeepClone());
                output.Table(new JsonArray([.. ends]), ("Day", d => d["day"]?.ToString()), ("Snapshots", d => d["snapshots"]?.ToString()));
            }

            return Exit.Ok;
        });
    }

    private static async Task<string?> CopyAsync(ParseResult parsed, RpcClient client, CancellationToken ct) => parsed.GetValue(InCopy) is { } copy ? await Names.RepositoryAsync(client, copy, ct) : null;

    private static int Show(JsonNode? preview, Output output)
    {
        if (output.Json)
        {
            output.Value(preview);
            return Exit.Ok;
        }

        var keep = preview!["keep"]!.AsArray().OfType<JsonNode>().ToList();
        var remove = preview["remove"]!.AsArray().OfType<JsonNode>().ToList();
        output.Table(new JsonArray([.. keep.Concat(remove).OrderByDescending(f => f["time"]!.ToString(), StringComparer.Ordinal).Select(f => f.DeepClone())]),
            ("Snapshot", f => f["id"]!.ToString()[..8]),
            (Names.When("Time"), f => Names.Time(f["time"])),
            ("What becomes of it", f => f["reasons"]!.AsArray().Count > 0
                ? $"stays: {Why(f["reasons"])}"
                : $"goes after {Names.Moment(f["removeAfter"])}{(f["pendingSince"] is null ? "" : " (marked)")}"));
        output.Line($"{Names.Count(keep.Count, "stays", "stay")}, {Names.Count(remove.Count, "goes", "go")}.");
        if (preview["blocked"] is { } blocked)
        {
            output.Line($"{blocked["what"]} {blocked["why"]} {blocked["next"]}");
        }

        if ((bool?)preview["asksFirst"] == true)
        {
            output.Line("These are so many that they go only when an Admin says so: timelocker retention apply.");
        }

        return Exit.Ok;
    }

    private static string Why(JsonNode? reasons) => reasons!.AsArray() is { Count: > 0 } all ? string.Join(", ", all) : "waits for its removal";
}
