using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class DigestCommand
{
    public static Command Build() => new Command("digest", "Shows when the daily and the weekly summary are made; sets their hour.") { Set() }
        .Remote(async (_, client, output, ct) => Show(await client.CallAsync("digest.get", null, ct), output)).Also("show");

    private static Command Set()
    {
        var hour = new Argument<TimeOnly>("time") { Description = "A time of day of the server's zone (07:00); the weekly one comes on Mondays." };
        return new Command("set", "Sets the time of the summaries.") { hour }
            .Remote(async (parsed, client, output, ct) =>
            {
                await client.CallAsync("digest.change", new { hour = parsed.GetValue(hour) }, ct);
                return Show(await client.CallAsync("digest.get", null, ct), output);
            });
    }

    private static int Show(JsonNode? settings, Output output) => output.Say(settings,
        $"Summaries are made at {settings!["hour"]!.ToString()[..5]} by the server's clock, where a rule asks for them.");
}
