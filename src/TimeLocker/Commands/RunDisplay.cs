using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

/// <summary>Shows a run until its end: one line that moves on a terminal, one JSON line a change for programs.</summary>
internal static class RunDisplay
{
    private const int IssuesShown = 50;

    /// <summary>Asks for a run, and follows it unless its id is enough.</summary>
    public static async Task<int> StartAsync(RpcClient client, string operation, object? wanted, ParseResult parsed,
        Output output, CancellationToken ct)
    {
        var run = await client.CallAsync(operation, wanted, ct);
        if (parsed.GetValue(CommonArguments.NoWait))
        {
            output.Value(run);
            return Exit.Ok;
        }

        return await FollowAsync(client, run!["id"]!.ToString(), output, ct);
    }

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
                Console.Write($"\r\u001b[K{Output.Visible(Line(run))}");
            }
        }

        var outcome = last?["outcome"].Deserialize<RunOutcome?>(ApiJson.Options);
        if (!output.Json)
        {
            var end = outcome is null ? Texts.ServerStopped : RunOutputText.State(last!);
            Console.WriteLine((Console.IsOutputRedirected ? "" : "\r\u001b[K") + Output.Visible($"{last?["title"]}: {end}"));
            foreach (var line in last is null ? [] : RunOutputText.Result(last))
            {
                output.Line($"  {Output.Visible(line)}");
            }

            if (last?["problem"] is { } problem)
            {
                Output.Complain($"{problem["what"]}", $"{problem["why"]}", $"{problem["next"]}");
            }

            await SayIssuesAsync(client, last, output, ct);
        }

        return Exit.Of(outcome);
    }

    // What a restore left out is told by name: what to do about it depends on what it is.
    private static async Task SayIssuesAsync(RpcClient client, JsonNode? run, Output output, CancellationToken ct)
    {
        var count = (int?)run?["issueCount"] ?? 0;
        if (count == 0 || run!["kind"]?.ToString() != "restore")
        {
            return;
        }

        foreach (var issue in (await client.CallAsync("runs.issues", new { id = run["id"]!.ToString() },
            ct))!["items"]!.AsArray().Take(IssuesShown))
        {
            output.Line($"  {Output.Visible($"{issue!["path"]}: {issue["message"]}")}");
        }

        if (count > IssuesShown)
        {
            output.Line(Texts.MoreIssues(count - IssuesShown));
        }
    }

    private static string Line(JsonNode run)
    {
        var (p, title) = (run["progress"]!,
            RunOutputText.IsDry(run) ? Texts.DryRunOf(TextArgument.Of(run["title"])) : run["title"]?.ToString());
        if (run["kind"]?.ToString() is not ("backup" or "restore"))
        {
            return string.Join(": ",
                ((string?[])[title, p["phase"]?.ToString() ?? run["state"]?.ToString(), p["note"]?.ToString()])
                    .Where(part => part is not null));
        }

        var percent = p["fraction"] is { } fraction ? $"{(double)fraction:P0}" : Texts.Counting;
        return Texts.RunLine(title, TextArgument.Of(run["state"]), percent,
            Names.Number(p["filesDone"]), Names.Bytes(p["bytesDone"]), Names.Bytes(p["bytesPerSecond"]));
    }
}
