using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class DigestCommand
{
    public static Command Build() => new TextCommand("digest", Texts.AboutDigest) { Set() }
        .Remote(async (_, client, output, ct) => Show(await client.CallAsync("digest.get", null, ct), output))
        .Also("show", Texts.ShowsTimeOfSummaries);

    private static Command Set()
    {
        var hour = new Argument<TimeOnly>("time") { Help = Texts.TimeOfDayOfServersZone };
        return new TextCommand("set", Texts.SetsTimeOfSummaries) { hour }
            .Remote(async (parsed, client, output, ct) =>
            {
                await client.CallAsync("digest.change", new { hour = parsed.GetValue(hour) }, ct);
                return Show(await client.CallAsync("digest.get", null, ct), output);
            });
    }

    private static int Show(JsonNode? settings, Output output) => output.Say(settings,
        Texts.SummariesAreMade(settings!["hour"]!.ToString()[..5]));
}
