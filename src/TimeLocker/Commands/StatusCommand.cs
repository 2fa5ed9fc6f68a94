using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class StatusCommand
{
    public static Command Build() => new TextCommand("status", Texts.ShowsWhetherEverythingIsSafe)
        .Remote(async (_, client, output, ct) =>
        {
            var status = await client.CallAsync("status.get", null, ct);
            var open = status!["exceptions"]!.AsArray().OfType<JsonNode>().ToList();
            output.Say(status,
                [
                    status["sentence"]!.ToString(),
                    .. open.Select(e => $"  {e["what"]} {e["why"]}"),
                    .. status["running"]!.AsArray().OfType<JsonNode>()
                        .Select(r => (string)Texts.NowRunning(TextArgument.Of(r["title"]), RunOutputText.State(r))),
                ]);
            return open.Count == 0 ? Exit.Ok : Exit.Failed;
        });
}
