using System.CommandLine;
using System.Text.Json;
using TimeLocker.Core.Notices;

namespace TimeLocker.Commands;

internal static class NoticesCommand
{
    public static Command Build()
    {
        var happened = Choice.Option<NoticeEvent>("--event", Texts.OnlyOfThisKind);
        var level = Choice.Option<NoticeLevel>("--level", Texts.OnlyOfThisLevel);
        var limit = new Option<int>("--limit") { Help = Texts.AtMostThisMany, DefaultValueFactory = _ => 20 };
        return new TextCommand("notices", Texts.ListsNotices) { happened, level, limit, Self() }
            .Remote(async (parsed, client, output, ct) =>
                output.Table(await client.CallAsync("notices.list",
                    new { @event = parsed.GetValue(happened), level = parsed.GetValue(level), limit = parsed.GetValue(limit) },
                    ct),
                    (Names.When(Texts.ColumnTime), n => Names.Time(n["at"])),
                    (Texts.ColumnLevel, n => n["level"]?.ToString()),
                    (Texts.ColumnEvent, n => n["event"]?.ToString()),
                    (Texts.ColumnNotice, n => n["title"]?.ToString()))).Also("list", Texts.ListsNotices);
    }

    private static Command Self()
    {
        var off = new Option<bool>("--off") { Help = Texts.BeRemindedAgain };
        return new TextCommand("self", Texts.YouCheckDashboardYourself) { off }
            .Remote(async (parsed, client, output, ct) =>
            {
                var wanted = new { self = !parsed.GetValue(off) };
                await client.CallAsync("notices.self", wanted, ct);
                return output.Say(
                    JsonSerializer.SerializeToNode(wanted),
                    wanted.self ? Texts.NoReminderWhileNobodyIsNotified : Texts.ReminderWhileNobodyIsNotified);
            });
    }
}
