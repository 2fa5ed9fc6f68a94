using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class BackgroundCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("work") { Help = Texts.NameInList };
        return new TextCommand("background", Texts.AboutBackground)
        {
            new TextCommand("run", Texts.RunsBackgroundWork) { name }.Remote(async (parsed, client, output, ct) =>
            {
                var work = await client.CallAsync("background.run", new { name = parsed.GetValue(name) }, ct);
                return output.Say(work, Texts.WorkRunsNow(TextArgument.Of(work!["name"])));
            }),
        }.Remote(async (_, client, output, ct) => Show(output, (await client.CallAsync("background.list", null, ct))!))
        .Also("list", Texts.ShowsBackgroundWork);
    }

    private static int Show(Output output, JsonNode answer)
    {
        output.Table(answer["items"],
            (Texts.ColumnName, w => w["name"]?.ToString()),
            (Texts.ColumnLastRun, w => w["lastRun"] is { } at ? Names.Moment(at) : Texts.NotYet),
            (Texts.ColumnNext,
                w => (bool?)w["running"] == true ? Texts.RunsNow : w["next"] is null ? Texts.WhenItIsNeeded
                    : Names.Moment(w["next"])),
            (Texts.ColumnLastFault,
                w => w["fault"] is { } fault ? $"{Names.Moment(w["faultAt"])}: {fault["what"]} {fault["why"]}" : null));
        return answer["items"]!.AsArray().Any(w => (int?)w!["failedInARow"] > 0) ? Exit.Failed : Exit.Ok;
    }
}
