using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static partial class PauseCommand
{
    public static Command Pause()
    {
        var until = new Option<string>("--until") { Help = Texts.UntilWhen, Required = true };
        return new TextCommand("pause", Texts.PausesAllRuns) { until }.Remote(async (parsed, client, output, ct) =>
        {
            var state = await client.CallAsync("queue.pause",
                new { until = Moment(parsed.GetValue(until)!, TimeProvider.System) }, ct);
            return output.Say(state, Texts.AllPausedUntil(Names.Moment(state!["paused"]!["until"])));
        });
    }

    public static Command Resume() => new TextCommand("resume", Texts.EndsPause).Remote(async (_, client, output, ct) =>
    {
        var state = await client.CallAsync("queue.resume", null, ct);
        return output.Say(state, Texts.RunsBeginAgain);
    });

    /// <summary>A time of day that is over means tomorrow's.</summary>
    internal static DateTimeOffset Moment(string given, TimeProvider clock)
    {
        var now = clock.GetLocalNow();
        if (While().Match(given) is { Success: true } span
            && int.Parse(span.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is var count)
        {
            return now + span.Groups[2].Value switch
            {
                "m" => TimeSpan.FromMinutes(count),
                "h" => TimeSpan.FromHours(count),
                _ => TimeSpan.FromDays(count)
            };
        }

        if (TimeOnly.TryParseExact(given, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            var today = Local(now.Date + time.ToTimeSpan(), clock);
            return today > now ? today : Local(now.Date.AddDays(1) + time.ToTimeSpan(), clock);
        }

        return DateTimeOffset.TryParse(given, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var moment) ? moment
            : throw ProblemException.Invalid(Problems.NotMomentTimeDay(given));
    }

    private static DateTimeOffset Local(DateTime at, TimeProvider clock) => new(at, clock.LocalTimeZone.GetUtcOffset(at));

    [GeneratedRegex("^([0-9]{1,4})([mhd])$")]
    private static partial Regex While();
}
