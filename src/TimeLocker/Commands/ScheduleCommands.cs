using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Commands;

/// <summary>When a plan runs: sub-commands of <c>plans</c>, and the options that say it.</summary>
internal static class ScheduleCommands
{
    public static readonly Option<string[]> Cron = new("--schedule") { Help = Texts.SchedulesOfPlan };
    public static readonly Option<string> Zone = new("--zone")
    {
        Help = Texts.ZoneOfSchedules,
        DefaultValueFactory = _ => TimeZoneInfo.Local.HasIanaId ? TimeZoneInfo.Local.Id : "UTC",
    };
    public static readonly Option<int> Delay = new("--delay")
    {
        Help = Texts.RandomDelay,
    };
    public static readonly Option<int?> Target = new("--target-hours") { Help = Texts.MaximumAgeOfLastGoodBackup };

    public static Schedule[] Schedules(ParseResult parsed) =>
        [.. (parsed.GetValue(Cron)
            ?? []).Select(cron => new Schedule(cron,
                parsed.GetValue(Zone)!) { DelayMinutes = parsed.GetValue(Delay) })];

    public static Command Upcoming()
    {
        var count = new Option<int>("--count") { Help = Texts.HowMany, DefaultValueFactory = _ => 5 };
        return new TextCommand("upcoming", Texts.ShowsUpcoming) { CommonArguments.Plan,
            count }.Remote(async (parsed, client, output, ct) =>
        {
            var next = await client.CallAsync("plans.upcoming",
                new { id = await CommonArguments.PlanAsync(parsed, client, ct), count = parsed.GetValue(count) }, ct);
            if (!output.Json && next!["items"]!.AsArray().Count == 0)
            {
                return output.Say(next, Texts.NothingIsScheduled);
            }

            return output.Table(next, (Names.When(Texts.ColumnBegins), at => Names.Time(at)));
        });
    }

    public static Command Schedule()
    {
        var none = new Option<bool>("--none") { Help = Texts.RunsOnlyWhenStarted };
        return new TextCommand("schedule", Texts.SetsWhenPlanRunsByItself)
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
                    ? Texts.RunsOnlyWhenStarted
                    : string.Join('\n', schedules.Select(SchedulePreset.Say)));
        });
    }

    public static Command Pause()
    {
        var until = new Option<string?>("--until") { Help = Texts.UntilWhenOrResumed };
        return new TextCommand("pause", Texts.StopsPlanFromStartingByItself)
        {
            CommonArguments.Plan, until,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var moment = parsed.GetValue(until) is { } given ? PauseCommand.Moment(given, TimeProvider.System)
                : (DateTimeOffset?)null;
            var answer = await client.CallAsync("plans.pause",
                new { id = await CommonArguments.PlanAsync(parsed, client, ct), until = moment }, ct);
            return output.Say(answer,
                moment is null
                    ? Texts.PlanPaused
                    : Texts.PausedUntil(Names.Moment(answer!["pausedUntil"])));
        });
    }

    public static Command Resume() =>
        new TextCommand("resume",
            Texts.EndsPauseOfPlan) { CommonArguments.Plan }.Remote(async (parsed, client, output, ct) =>
        output.Say(await client.CallAsync("plans.resume",
            new { id = await CommonArguments.PlanAsync(parsed, client, ct) }, ct), Texts.PlanResumed));
}
