using System.CommandLine;

namespace TimeLocker.Commands;

internal static class NoticesCommand
{
    public static Command Build()
    {
        var happened = new Option<string?>("--event") { Description = "Only of this kind: failed, missed, overdue, anomaly …" };
        var level = new Option<string?>("--level") { Description = "Only info, warning or error." };
        var limit = new Option<int>("--limit") { Description = "How many at the most.", DefaultValueFactory = _ => 20 };
        return new Command("notices", "Lists what people were told, newest first.") { happened, level, limit }.Remote(async (parsed, client, output, ct) =>
        {
            output.Table(await client.CallAsync("notices.list", new { @event = parsed.GetValue(happened), level = parsed.GetValue(level), limit = parsed.GetValue(limit) }, ct),
                ("Time", n => Names.Time(n["at"])),
                ("Level", n => n["level"]?.ToString()),
                ("Event", n => n["event"]?.ToString()),
                ("Notice", n => n["title"]?.ToString()));
            return Exit.Ok;
        });
    }
}
