using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Commands;

/// <summary>When a plan runs: sub-commands of <c>plans</c>, and the options that say it.</summary>
internal static class ScheduleCommands
{
    public static readonly Option<string[]> Cron = new("--schedule") { Description = "When it runs by itself, as cron: minute hour day month weekday (\"30 20 * * MON-FRI\"); may be repeated." };
    public static readonly Option<string> Zone = new("--zone")
    {
        Description = "The time zone of the schedules, such as Europe/Berlin. Without it: that of this computer.",
        DefaultValueFactory = _ => TimeZoneInfo.Local.HasIanaId ? TimeZoneInfo.Local.Id : "UTC",
    };
    public static readonly Option<int> Delay = new("--delay")
    {
        Description = "Start each run up to this many minutes late, at random, so that machines do not all start at once.",
    };
    public static readonly Option<int?> Target = new("--target-hours") { Description = "The maximum age of the last good backup, in hours." };

    public static Schedule[] Schedules(ParseResult parsed) => [.. (parsed.GetValue(Cron) ?? []).Select(cron => new Schedule(cron, parsed.GetValue(Zone)!) { DelayMinutes = parsed.GetValue(Delay) })];

    public static Command Upcoming()
    {
        var count = new Option<int>("--count") { Description = "How many.", DefaultValueFactory = _ => 5 };
        return new Command("upcoming", "Shows when a plan will begin next.") { CommonArguments.Plan, count }.Remote(async (parsed, client, output, ct) =>
        {
            var next = await client.CallAsync("plans.upcoming", new { id = await CommonArguments.PlanAsync(parsed, client, ct), count = parsed.GetValue(count) }, ct);
            if (!output.Json && next!["items"]!.AsArray().Count == 0)
            {
                return output.Say(next, "Nothing is scheduled: it runs when somebody or an event starts it.");
            }

            return output.Table(next, (Names.When("Begins"), at => Names.Time(at)));
        });
    }

    public static Command Schedule()
    {
        var none = new Option<bool>("--none") { Description = "It runs only when somebody or an event starts it." };
        return new Command("schedule", "Sets when a plan runs by itself; replaces the previous schedule.")
        {
            CommonArguments.Plan, Cron, Zone, Delay, Target, none,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var schedules = Schedules(parsed);
            if (schedules.Length == 0 != parsed.GetValue(none))
            {
                throw Core.ProblemException.Invalid(Problems.NoUsableScheduleGiven);
            }

            var id = await CommonArguments.PlanAsync(parsed, client, ct);
            var answer = await client.CallAsync("plans.schedule",
                new
                {
                    id,
                    schedules,
                    targetHours = parsed.GetValue(Target),
                    revision = await Names.RevisionAsync(client, "plans.get", id, ct),
                },
                ct);
            return output.Say(answer,
                schedules.Length == 0
                    ? "It runs only when somebody or an event starts it."
                    : string.Join('\n', schedules.Select(SchedulePreset.Say)));
        });
    }

    public static Command Pause()
    {
        var until = new Option<string?>("--until") { Description = "A time of day (18:00), a moment (2026-03-01T18:00), or a while (30m, 2h, 1d). Without it: until it is resumed." };
        return new Command("pause", "Stops a plan from starting by itself; you can still run it by hand.")
        {
            CommonArguments.Plan, until,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var moment = parsed.GetValue(until) is { } given ? PauseCommand.Moment(given, TimeProvider.System) : (DateTimeOffset?)null;
            var answer = await client.CallAsync("plans.pause", new { id = await CommonArguments.PlanAsync(parsed, client, ct), until = moment }, ct);
            return output.Say(answer,
                moment is null
                    ? "Paused. “timelocker plans resume” ends it."
                    : $"Paused until {Names.Moment(answer!["pausedUntil"])}.");
        });
    }

    public static Command Resume() => new Command("resume", "Ends the pause of a plan.") { CommonArguments.Plan }.Remote(async (parsed, client, output, ct) =>
        output.Say(await client.CallAsync("plans.resume", new { id = await CommonArguments.PlanAsync(parsed, client, ct) }, ct), "It runs by its schedule again."));
}
