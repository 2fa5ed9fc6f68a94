using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Schedules;
using Xunit;

namespace TimeLocker.Tests.Core.Plans;

/// <summary>
/// A schedule said in systemd's and in cron's words means the same moments: systemd itself is asked, cron's five fields
/// are read again.
/// </summary>
public sealed class SystemTimerCalendarTests
{
    private static readonly DateTimeOffset Since = new(2026, 2, 3, 4, 5, 30, TimeSpan.Zero);

    [Theory]
    [InlineData("30 20 * * *", "*-*-* 20:30:00 Europe/Berlin")]
    [InlineData("0 * * * *", "*-*-* *:00:00 Europe/Berlin")]
    [InlineData("*/15 * * * *", "*-*-* *:00/15:00 Europe/Berlin")]
    [InlineData("5/20 1-5 * * *", "*-*-* 01..05:05/20:00 Europe/Berlin")]
    [InlineData("0 8,12,16 * * MON-FRI", "Mon..Fri *-*-* 08,12,16:00:00 Europe/Berlin")]
    [InlineData("0 3 * * SUN", "Sun *-*-* 03:00:00 Europe/Berlin")]
    [InlineData("0 3 * * 7", "Sun *-*-* 03:00:00 Europe/Berlin")]
    [InlineData("15 23 * * 6,0", "Sat,Sun *-*-* 23:15:00 Europe/Berlin")]
    [InlineData("15 23 * * FRI-MON", "Mon,Fri..Sun *-*-* 23:15:00 Europe/Berlin")]
    [InlineData("0 22-2 * * *", "*-*-* 00..02,22,23:00:00 Europe/Berlin")]
    [InlineData("0 4 1 * *", "*-*-01 04:00:00 Europe/Berlin")]
    [InlineData("0 4 L * *", "*-*~01 04:00:00 Europe/Berlin")]
    [InlineData("0 4 */10 * *", "*-*-01/10 04:00:00 Europe/Berlin")]
    [InlineData("0 4 29-31 JAN,JUN *", "*-01,06-29..31 04:00:00 Europe/Berlin")]
    [InlineData("0 4 13 * FRI", "Fri *-*-13 04:00:00 Europe/Berlin")]
    [InlineData("0 4 * * MON#2", "Mon *-*-08..14 04:00:00 Europe/Berlin")]
    [InlineData("0 4 * * 5L", "Fri *-*~07/1 04:00:00 Europe/Berlin")]
    [InlineData("7 0/6 1-7 3-11/4 *", "*-03/4-01..07 00/6:07:00 Europe/Berlin")]
    public async Task Systemd_understands_the_same_moments(string cron, string calendar)
    {
        var schedule = new Schedule(cron, "Europe/Berlin");

        var written = SystemTimerCalendar.OnCalendar(schedule);

        written.ShouldBe(calendar);
        (await AskSystemdAsync(written, 12)).ShouldBe(schedule.Slots(Since, Since.AddYears(12)).Take(12));
    }

    [Fact]
    public async Task Systemd_understands_the_same_moments_of_two_hundred_made_up_schedules()
    {
        var random = new Random(4);
        var made = Enumerable.Range(0, 200)
            .Select(_ =>
                new Schedule(
                    $"{Field(random, 0, 59)} {Field(random, 0, 23)} {(random.Next(3) == 0 ? Field(random, 1, 28) : "*")} {(random.Next(3) == 0 ? Field(random, 1, 12) : "*")} {(random.Next(3) == 0 ? Field(random, 0, 6) : "*")}", "Asia/Tokyo")).ToList();

        var asked = await AskSystemdAsync(made.Select(SystemTimerCalendar.OnCalendar), 3);

        asked.Count.ShouldBe(made.Count);
        made.Zip(asked).Where(pair => !pair.First.Slots(Since, Since.AddYears(60)).Take(3).SequenceEqual(pair.Second))
            .Select(pair => pair.First.Cron).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("*/15 22-2 * * FRI-MON")]
    [InlineData("0 4 29-31 JAN,JUN *")]
    [InlineData("30 20 * * 1-5")]
    [InlineData("7 0/6 1-7 3-11/4 *")]
    public void Cron_gets_plain_numbers_that_mean_the_same(string cron)
    {
        var schedule = new Schedule(cron, "Europe/Berlin");
        var written = SystemTimerCalendar.Crontab(schedule);

        Regex.IsMatch(written, @"^[0-9,* ]+$").ShouldBeTrue(written);
        new Schedule(written, "Europe/Berlin").Slots(Since, Since.AddYears(3)).Take(100)
            .ShouldBe(schedule.Slots(Since, Since.AddYears(3)).Take(100));
    }

    [Theory]
    [InlineData("0 4 15W * *", "W")]
    [InlineData("0 4 L-3 * *", "counted from the month's end")]
    [InlineData("0 4 13 * MON#2", "n-th weekday")]
    [InlineData("nonsense", "")]
    public void What_systemd_cannot_say_is_refused(string cron, string why) =>
        Refused(() => SystemTimerCalendar.OnCalendar(new(cron, "UTC"))).ShouldContain(why);

    [Fact]
    public void What_cron_would_understand_otherwise_is_refused()
    {
        Refused(() => SystemTimerCalendar.Crontab(new("0 4 13 * FRI", "UTC"))).ShouldContain("either");
        Refused(() => SystemTimerCalendar.Crontab(new("0 4 L * *", "UTC"))).ShouldContain("L, W or #");
        Refused(() => SystemTimerCalendar.Crontab(new("0 4 * * *", "UTC") { DelayMinutes = 5 })).ShouldContain("random delay");
    }

    private static string Refused(Func<string> write)
    {
        var problem = Should.Throw<ProblemException>(write);
        problem.Kind.ShouldBe(ProblemKind.Invalid);
        return problem.Problem.Why.Full;
    }

    private static string Field(Random random, int least, int most) => random.Next(5) switch
    {
        0 => "*",
        1 => $"{random.Next(least, most + 1)}",
        2 => $"*/{random.Next(2, Math.Min(9, most))}",
        3 => string.Join(',', Enumerable.Range(0, 3).Select(_ => random.Next(least, most + 1))),
        _ => random.Next(least, most) is var from ? $"{from}-{random.Next(from, most + 1)}/{random.Next(1, 4)}" : "",
    };

    private static async Task<IReadOnlyList<DateTimeOffset>> AskSystemdAsync(string calendar, int count) =>
        (await AskSystemdAsync([calendar], count)).Single();

    private static async Task<IReadOnlyList<IReadOnlyList<DateTimeOffset>>> AskSystemdAsync(
        IEnumerable<string> calendars, int count)
    {
        var command = new ChildCommand("systemd-analyze",
            ["calendar", $"--iterations={count}", $"--base-time={Since:yyyy-MM-dd HH:mm:ss} UTC",
                .. calendars])
        {
            Environment = new Dictionary<string,
                    string>
            {
                ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
                ["TZ"] = "UTC",
                ["SYSTEMD_COLORS"] = "0",
            }
        };
        var answer = await ChildProcess.RunAsync(command, TimeSpan.FromMinutes(1), 1 << 22, default);
        answer.ExitCode.ShouldBe(0, answer.Errors);
        return [.. Encoding.UTF8.GetString(answer.Output).Split("Normalized form:").Skip(1)
            .Select(part => (IReadOnlyList<DateTimeOffset>)[.. Regex.Matches(part,
                @"(?:Next elapse|Iteration #\d+|Iter\. #\d+): \w+ (\S+ \S+) UTC")
            .Select(m => DateTimeOffset.ParseExact(m.Groups[1].Value, "yyyy-MM-dd HH:mm:ss",
                CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal))])];
    }
}
