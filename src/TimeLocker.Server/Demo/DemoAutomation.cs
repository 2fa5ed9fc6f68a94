using TimeLocker.Core;
using TimeLocker.Core.Anomalies;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Demo;

/// <summary>
/// What happens by itself in the demo's office: schedules, what stays, who is told, and one backup that was unlike the
/// others.
/// </summary>
internal sealed class DemoAutomation(DateTimeOffset now, TimeZoneInfo zone, DemoHistory history)
{
    private static readonly string[] Accounts = ["Accounting", "Accounting, to USB", "Old contracts"];

    private readonly NamedPolicy office = Policy("office", "Office", now),
        accounting = Policy("accounting", "Seven years for accounting", now);

    /// <summary>Schedules and policies; what a policy would have removed long ago is gone.</summary>
    public void Settle(BackupPlan plan, DemoFleet.Habit habit)
    {
        var night = TimeSpan.FromHours(habit.Hour);
        plan.Schedules = [new Schedule(
            $"{night.Minutes} {(int)night.TotalHours} * * "
            + $"{(habit.Machine is "reception" or "ben-desktop" ? "MON-FRI" : "*")}",
            zone.HasIanaId ? zone.Id : "UTC") { DelayMinutes = 10 }];
        plan.ScheduledUntil = now;
        plan.TargetHours = habit.Machine == "anna-laptop" ? 36 : 72;
        plan.PolicyId = (Accounts.Contains(plan.Name) ? accounting : office).Id;
        plan.Options = plan.Options with
        {
            Conditions = new() { SkipOnBattery = habit.Machine == "anna-laptop" },
            Hooks = plan.Name == "Customer database" ? [new Hook(HookMoment.Before, "pg-dump")] : [],
        };
        (plan.FailedInARow, plan.WarnedInARow) = (plan.LastOutcome == RunOutcome.Failed ? 1 : 0,
            plan.LastOutcome == RunOutcome.Incomplete ? 1 : 0);

        var policy = plan.PolicyId == accounting.Id ? accounting.Policy : office.Policy;
        var stays = RetentionRules.Apply(policy, Own(plan).Select(s => new Kept<Snapshot>(s, s.Time, s.Tags, "")),
            now.AddDays(-8)).Where(f => f.Stays).Select(f => f.Item.Id).ToHashSet();
        history.Snapshots.RemoveAll(s => s.PlanId == plan.Id && !stays.Contains(s.Id));
    }

    public static void Settle(Repository place, TimeZoneInfo zone, DateTimeOffset now)
    {
        var clock = zone.HasIanaId ? zone.Id : "UTC";
        place.MaintenanceSchedules = [new MaintenanceSchedule(RunKind.Check,
            new Schedule("30 11 * * SUN", clock)) { Depth = CheckDepth.Part },
            new MaintenanceSchedule(RunKind.Prune, new Schedule("0 14 1 * *", clock)) { MaxRepackMiB = 20_000 }];
        place.MaintenanceUntil = now;
    }

    public IEnumerable<object> Rows(IReadOnlyList<BackupPlan> plans)
    {
        var (anna, lab, mail) = (plans.First(p => p.Name == "Documents of Anna"),
            plans.First(p => p.Name == "Lab measurements"), plans.First(p => p.Name == "Mail"));
        anna.OpenAnomalies = 1;
        var channel = new Channel
        {
            Id = history.At(now.AddDays(-150)),
            Name = "Office, ntfy",
            Kind = "ntfy",
            Values = new() { ["server"] = "https://ntfy.example.org" },
            CreatedAt = now.AddDays(-150),
            LastSentAt = lab.LastEndedAt,
        };
        var contract = Own(plans.First(p => p.Name == "Old contracts")).MinBy(s => s.Time)!;
        return
        [
            office,
            accounting,
            .. Own(anna).OrderBy(s => s.Time).Take(2)
                .Select(s => new PendingRemoval
                {
                    RepositoryId = s.RepositoryId,
                    Snapshot = s.Id,
                    PlanId = anna.Id,
                    MarkedAt = now.AddDays(-5),
                    RemoveAfter = now.AddDays(9),
                }),
            new Pin
            {
                Id = history.At(now.AddDays(-40)),
                RepositoryId = contract.RepositoryId,
                Snapshot = contract.Id,
                PlanId = contract.PlanId,
                Reason = "Audit of last year",
                OwnerId = Actor.System.Id,
                CreatedAt = now.AddDays(-40),
                LegalHold = true,
            },
            new Anomaly
            {
                Id = history.At(anna.LastEndedAt!.Value),
                PlanId = anna.Id,
                RunId = anna.LastRunId!.Value,
                Measure = AnomalyMeasure.FilesChanged,
                Text = Texts.FilesChangedUsually("4,210", 30),
                Value = 4210,
                Median = 30,
                At = anna.LastEndedAt.Value,
            },
            channel,
            new NoticeRule
            {
                Id = history.At(now.AddDays(-149)),
                Name = "Trouble",
                ChannelId = channel.Id,
                Events = [NoticeEvent.Failed, NoticeEvent.Missed, NoticeEvent.Overdue],
            },
            new NoticeRule
            {
                Id = history.At(now.AddDays(-148)),
                Name = "Warned twice",
                ChannelId = channel.Id,
                Events = [NoticeEvent.Warned],
                FromTheTime = 2,
            },
            Notice(NoticeEvent.Failed, NoticeLevel.Error, lab,
                Monitoring.Texts.PlanFailed(lab.Name, interrupted: false), Monitoring.Texts.BackupDidNotSucceed),
            Notice(NoticeEvent.Warned, NoticeLevel.Warning, mail, Monitoring.Texts.LeftFilesOut(mail.Name),
                Monitoring.Texts.CouldNotBeRead(3)),
            Notice(NoticeEvent.Anomaly, NoticeLevel.Warning, anna, Anomalies.Texts.BackupWasUnusual(anna.Name),
                Anomalies.Texts.NothingRemovedUntilAnswered(Texts.FilesChangedUsually("4,210", 30))),
        ];
    }

    private IEnumerable<Snapshot> Own(BackupPlan plan) => history.Snapshots.Where(s => s.PlanId == plan.Id);

    private Notice Notice(NoticeEvent what, NoticeLevel level, BackupPlan plan, Text title, Text text) => new()
    {
        Id = history.At(plan.LastEndedAt!.Value.AddSeconds(2)),
        Key = $"demo:{what}:{plan.Id}",
        Event = what,
        Level = level,
        Title = title,
        Text = text,
        Link = $"/runs/{plan.LastRunId}",
        At = plan.LastEndedAt.Value,
        PlanId = plan.Id,
        RunId = plan.LastRunId,
    };

    private static NamedPolicy Policy(string template, string name, DateTimeOffset now) =>
        new()
        {
            Id = Guid.CreateVersion7(now.AddDays(-187)),
            Name = name,
            Policy = PolicyTemplate.All.Single(t => t.Name == template).Policy,
            CreatedAt = now.AddDays(-187),
        };
}
