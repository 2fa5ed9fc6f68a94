using System.CommandLine;
using System.Text.Json;
using TimeLocker.Core.Notices;

namespace TimeLocker.Commands;

internal static class NoticesCommand
{
    public static Command Build()
    {
        var happened = Choice.Option<NoticeEvent>("--event", "Only of this kind: failed, missed, overdue, anomaly …");
        var level = Choice.Option<NoticeLevel>("--level", "Only of this level.");
        var limit = new Option<int>("--limit") { Description = "At most this many.", DefaultValueFactory = _ => 20 };
        return new Command("notices", "Lists notices, newest first.") { happened, level, limit, Self() }
            .Remote(async (parsed, client, output, ct) =>
                output.Table(await client.CallAsync("notices.list",
                    new { @event = parsed.GetValue(happened), level = parsed.GetValue(level), limit = parsed.GetValue(limit) },
                    ct),
                    (Names.When("Time"), n => Names.Time(n["at"])),
                    ("Level", n => n["level"]?.ToString()),
                    ("Event", n => n["event"]?.ToString()),
                    ("Notice", n => n["title"]?.ToString()))).Also("list");
    }

    private static Command Self()
    {
        var off = new Option<bool>("--off") { Description = "Be reminded again." };
        return new Command("self",
                "Records that you check the dashboard yourself, so it stops reminding you that nobody is notified.") { off }
            .Remote(async (parsed, client, output, ct) =>
            {
                var wanted = new { self = !parsed.GetValue(off) };
                await client.CallAsync("notices.self", wanted, ct);
                return output.Say(
                    JsonSerializer.SerializeToNode(wanted),
                    wanted.self ? "The dashboard no longer shows a reminder while nobody is notified." : "The dashboard shows a reminder while nobody is notified.");
            });
    }
}
