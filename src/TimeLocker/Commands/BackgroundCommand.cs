using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class BackgroundCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("work") { Description = "Its name in the list." };
        return new Command("background", "Shows what the server does in the background, and how it is going. Exit code 0: all is well; 1: something failed.")
        {
            new Command("run", "Runs it now, whether it is due or not.") { name }.Remote(async (parsed, client, output, ct) =>
            {
                var work = await client.CallAsync("background.run", new { name = parsed.GetValue(name) }, ct);
                return output.Say(work, $"“{work!["name"]}” runs now; see “timelocker background” for how it went.");
            }),
        }.Remote(async (_, client, output, ct) => Show(output, (await client.CallAsync("background.list", null, ct))!)).Also("list");
    }

    private static int Show(Output output, JsonNode answer)
    {
        output.Table(answer["items"],
            ("Name", w => w["name"]?.ToString()),
            ("Last run", w => w["lastRun"] is { } at ? Names.Moment(at) : "not yet"),
            ("Next", w => (bool?)w["running"] == true ? "runs now" : w["next"] is null ? "when it is needed" : Names.Moment(w["next"])),
            ("Last fault", w => w["fault"] is { } fault ? $"{Names.Moment(w["faultAt"])}: {fault["what"]} {fault["why"]}" : null));
        return answer["items"]!.AsArray().Any(w => (int?)w!["failedInARow"] > 0) ? Exit.Failed : Exit.Ok;
    }
}
