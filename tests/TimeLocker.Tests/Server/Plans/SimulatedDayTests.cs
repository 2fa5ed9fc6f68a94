using System.Globalization;
using System.Text;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Tests.Core.Plans;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

/// <summary>
/// A day of ten plans with a clock change, a sleep, a server that is down, failures, pauses and long runs. Every slot,
/// found by a brute force that shares no code with the product, ends in exactly one of ran, missed, skipped.
/// </summary>
public sealed class SimulatedDayTests
{
    private static readonly DayOfWeek[] Week = Enum.GetValues<DayOfWeek>();

    private sealed record Habit(string Name, string Cron, string Zone, TimeSpan Takes,
        RunOutcome Ends = RunOutcome.Succeeded, PlanWindows? Hours = null, int Delay = 0);

    private static readonly Habit[] Habits =
    [
        new("Office", "0 */3 * * *", "Europe/Berlin", TimeSpan.FromMinutes(20)),
        new("Night owl", "30 2 * * *", "Europe/Berlin", TimeSpan.FromMinutes(40)),
        new("Evening", "30 20 * * *", "Europe/Berlin", TimeSpan.FromMinutes(10), Delay: 60),
        new("New York", "0 8 * * *", "America/New_York", TimeSpan.FromMinutes(5)),
        new("Slow", "0 */2 * * *", "UTC", TimeSpan.FromMinutes(150)),
        new("Broken", "15 */6 * * *", "Europe/Berlin", TimeSpan.FromMinutes(2), RunOutcome.Failed),
        new("By night only", "45 */4 * * *", "Europe/Berlin", TimeSpan.FromMinutes(5),
            Hours: new([new(Week, new(22, 0), new(6, 0))], [])),
        new("Not at noon", "0 12 * * *", "Europe/Berlin", TimeSpan.FromMinutes(5),
            Hours: new([], [new(Week, new(11, 0), new(15, 0))])),
        new("Paused", "0 */6 * * *", "Europe/Berlin", TimeSpan.FromMinutes(5)),
        new("Kathmandu", "0 0,12 * * *", "Asia/Kathmandu", TimeSpan.FromMinutes(5), RunOutcome.Incomplete),
    ];

    [Theory]
    [InlineData("2026-10-24T21:50Z", "autumn")] // 23:50 in Berlin; at 3:00 it becomes 2:00
    [InlineData("2026-03-28T22:50Z", "spring")] // 23:50 in Berlin; at 2:00 it becomes 3:00
    public async Task Every_slot_of_a_day_ends_in_exactly_one_of_ran_missed_skipped(string from, string name)
    {
        var start = DateTimeOffset.Parse(from, CultureInfo.InvariantCulture);
        await using var rig = await ClockRig.StartAsync(start);
        rig.Agent.Behaves = spec => Habits.Where(h => h.Name == spec.PlanName).Select(h => (h.Takes, h.Ends)).Single();
        await rig.Get<RunQueue>().SetMachineCapAsync(Machine.LargestCap, DeskRig.Admin);
        Dictionary<Guid, Habit> plans = [];
        foreach (var habit in Habits)
        {
            var plan = await rig.PlanAsync(await rig.RepositoryAsync(habit.Name), habit.Name, habit.Hours,
                new Schedule(habit.Cron, habit.Zone) { DelayMinutes = habit.Delay });
            plans[plan.Id] = habit;
        }

        await rig.Get<PlanCatalog>().PauseAsync(plans.Single(p => p.Value.Name == "Paused").Key, start.AddHours(13), DeskRig.Admin);
        await rig.LookAsync();
        await rig.PassAsync(TimeSpan.FromHours(5)); // over the clock change
        await rig.SleepAsync(TimeSpan.FromHours(4)); // the lid is closed
        await rig.PassAsync(TimeSpan.FromHours(3));
        await rig.DownAsync(TimeSpan.FromHours(3.5)); // the server is stopped; what ran goes on
        await rig.PassAsync(TimeSpan.FromHours(4));
        rig.Clock.Jump(TimeSpan.FromMinutes(-30)); // somebody sets the clock back
        await rig.LookAsync();
        await rig.PassAsync(TimeSpan.FromHours(8));
        var end = rig.Clock.GetUtcNow();
        await rig.Get<RunQueue>().PauseAsync(end.AddDays(2), DeskRig.Admin);
        await rig.PassAsync(TimeSpan.FromHours(4)); // what still runs ends; nothing new begins

        var runs = (await rig.RunsAsync()).Where(r => r.Slot <= end).ToList();
        Write(name, plans, runs);
        foreach (var (plan, habit) in plans)
        {
            var expected = new BruteForce(TimeZoneInfo.FindSystemTimeZoneById(habit.Zone), start, end).Slots(habit.Cron,
                start, end).Select(s => (DateTimeOffset?)s.At);
            runs.Where(r => r.PlanId == plan).Select(r => r.Slot).Order().ShouldBe(expected, habit.Name);
        }

        runs.ShouldAllBe(r => r.HasEnded && End(r) != "?");
        runs.ShouldAllBe(r => End(r) == "ran" == rig.Agent.Begun.Contains(r.Id));
        runs.Where(r => End(r) != "ran").ShouldAllBe(r => r.Problem != null);
        string[] seen = [.. runs.Select(End).Distinct().Order()];
        seen.ShouldBe(["missed", "ran", "skipped"]);
        Of("Night owl")
            .First(r => r.Outcome == RunOutcome.Succeeded).Slot.ShouldBe(start.AddHours(2)
                + TimeSpan.FromMinutes(name == "spring" ? 10 : 40),
                "2:30 is 3:00 in spring, and the first 2:30 in autumn");
        Of("Slow").ShouldContain(r => r.Outcome == RunOutcome.Skipped && r.Problem!.Why.Full.Contains("still at work"));
        Of("Paused").ShouldAllBe(r => r.Outcome == RunOutcome.Skipped == r.Slot < start.AddHours(13));
        Of("Not at noon")
            .Single(r =>
                r.Outcome == RunOutcome.Succeeded).StartedAt!.Value.ShouldBeGreaterThanOrEqualTo(
                Of("Not at noon")[0].Slot!.Value.AddHours(3));

        IReadOnlyList<Run> Of(string habit) => [.. runs.Where(r => plans[r.PlanId!.Value].Name == habit)];
    }

    private static string End(Run run) => run.Outcome switch
    {
        RunOutcome.Missed => "missed",
        RunOutcome.Skipped => "skipped",
        RunOutcome.Succeeded or RunOutcome.Incomplete or RunOutcome.Failed => "ran",
        _ => "?",
    };

    private static void Write(string name, Dictionary<Guid, Habit> plans, List<Run> runs)
    {
        if (Environment.GetEnvironmentVariable("TIMELOCKER_ARTIFACTS") is not { Length: > 0 } folder)
        {
            return;
        }

        var text = new StringBuilder(
            $"{"plan",-14} {"slot (zone of the plan)",-24} {"UTC",-12} {"ended as",-9} {"cause",-9} {"began (UTC)",-12} outcome or reason\n");
        foreach (var (plan, habit) in plans)
        {
            foreach (var run in runs.Where(r => r.PlanId == plan).OrderBy(r => r.Slot))
            {
                var local = TimeZoneInfo.ConvertTime(run.Slot!.Value, TimeZoneInfo.FindSystemTimeZoneById(habit.Zone));
                text.Append(CultureInfo.InvariantCulture,
                    $"{habit.Name,-14} {local,-24:ddd dd MMM HH:mm zzz} {run.Slot.Value.UtcDateTime,-12:dd. HH:mm} {End(run),-9} {(End(run) == "ran" ? run.Cause.ToString() : ""),-9} {(End(run) == "ran" ? run.StartedAt?.UtcDateTime.ToString("dd. HH:mm", CultureInfo.InvariantCulture) : ""),-12} {run.Problem?.Why.Full ?? run.Outcome.ToString()}\n");
            }
        }

        text.Append(CultureInfo.InvariantCulture,
            $"{runs.Count} slots: {string.Join(", ", runs.CountBy(End).OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Value} {e.Key}"))}\n");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name == "autumn" ? "day.txt" : $"day-{name}.txt"), text.ToString());
    }
}
