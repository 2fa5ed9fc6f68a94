using System.Globalization;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Data;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Monitoring;

/// <summary>
/// What the end of a run means to people. It comes after the books that count and that judge the repository's
/// maintenance.
/// </summary>
public sealed class RunNotices(NoticeBook notices, AgentRegistry agents, TimeProvider clock) : IRunBook
{
    /// <summary>Slots that are found missed at once (after a sleep) are told once.</summary>
    private static readonly TimeSpan OneLook = TimeSpan.FromMinutes(15);

    public async Task RecordAsync(TimeLockerDb db, Run run)
    {
        if (run is not { Outcome: { } outcome } || outcome == RunOutcome.Cancelled || run.DryRun || Retries.HasNext(db, run))
        {
            return; // who cancelled it, or asked what would happen, knows; and what is tried again has not ended yet
        }

        if (run.Checks.Any(check => check is { Name: RunCheck.Cache, Level: CheckLevel.Warning }))
        {
            await TellAsync(db, run, NoticeEvent.Warned, NoticeLevel.Warning, Texts.WithoutCache, Texts.CacheCannotBeWritten, 1,
                key: $"cache:{run.MachineId}:{run.EndedAt:yyyy-MM}");
        }

        var place = await db.Repositories.SingleOrDefaultAsync(r => r.Id == run.RepositoryId);
        if (run.Kind == RunKind.Backup)
        {
            if (await db.Plans.SingleOrDefaultAsync(p => p.Id == run.PlanId) is { } plan)
            {
                await OfPlanAsync(db, run, outcome, plan);
            }
        }
        else if (place is not null)
        {
            await OfRepositoryAsync(db, run, outcome, place);
        }
    }

    private async Task OfPlanAsync(TimeLockerDb db, Run run, RunOutcome outcome, BackupPlan plan)
    {
        switch (outcome)
        {
            case RunOutcome.Succeeded:
                await SucceededAsync(db, run, plan);
                break;
            case RunOutcome.Incomplete:
                await TellAsync(db, run, NoticeEvent.Warned, NoticeLevel.Warning,
                    run.IssueCount > 0 ? Texts.LeftFilesOut(plan.Name) : Texts.NotComplete(plan.Name),
                    Words(run, Texts.CouldNotBeRead(run.IssueCount)), plan.WarnedInARow);
                break;
            case RunOutcome.Missed:
                await TellAsync(db, run, NoticeEvent.Missed, NoticeLevel.Warning,
                    Texts.MissedBackup(plan.Name, At(run)), Words(run, Texts.DidNotRun), plan.MissedInARow,
                    key: $"missed:plan:{plan.Id}:{run.EndedAt!.Value.UtcTicks / OneLook.Ticks}",
                    link: $"/plans/{plan.Id}?tab=runs");
                break;
            case RunOutcome.Skipped when await IsWantedAsync(db, NoticeEvent.Skipped):
                await TellAsync(db, run, NoticeEvent.Skipped, NoticeLevel.Info, Texts.LeftBackupOut(plan.Name, At(run)),
                    Words(run, Texts.ConditionNotMet), 1);
                break;
            case RunOutcome.Failed or RunOutcome.Interrupted:
                var why = Words(run, Texts.BackupDidNotSucceed);
                await TellAsync(db, run, NoticeEvent.Failed, NoticeLevel.Error,
                    Texts.PlanFailed(plan.Name, outcome != RunOutcome.Failed),
                    plan.FailedInARow > 1 ? Texts.InARow(why, plan.FailedInARow, RuleText.Ordinal(plan.FailedInARow))
                        : why, plan.FailedInARow);
                break;
        }
    }

    private async Task SucceededAsync(TimeLockerDb db, Run run, BackupPlan plan)
    {
        var before = db.Entry(plan);
        int failed = before.Property(p => p.FailedInARow).OriginalValue,
            missed = before.Property(p => p.MissedInARow).OriginalValue;
        var saved = Texts.SavedSoMuch(Sizes.Count(run.Result?.FilesTotal ?? 0),
            Sizes.Bytes(run.Result?.BytesTotal ?? 0), Sizes.Bytes(run.Result?.BytesStored ?? 0));
        if (failed > 0 || missed > 0 || before.Property(p => p.OverdueSince).OriginalValue is not null)
        {
            var after = (failed, missed) switch
            {
                ( > 0, > 0) => Texts.AfterFailuresAndMissed(failed, missed),
                ( > 0, _) => Texts.AfterFailures(failed),
                (_, > 0) => Texts.AfterMissed(missed),
                _ => Texts.AfterOverdue,
            };
            await TellAsync(db, run, NoticeEvent.Recovered, NoticeLevel.Info, Texts.IsBackedUpAgain(plan.Name),
                Texts.SucceededAgain(after, saved), 1);
        }

        if (await IsWantedAsync(db, NoticeEvent.Succeeded))
        {
            await TellAsync(db, run, NoticeEvent.Succeeded, NoticeLevel.Info, Texts.IsBackedUp(plan.Name), saved, 1);
        }
    }

    private async Task OfRepositoryAsync(TimeLockerDb db, Run run, RunOutcome outcome, Repository place)
    {
        var known = db.Entry(place).Property(r => r.Maintenance).OriginalValue.Damage;
        if (place.Maintenance.Damage is { } damage
            && (known is null || damage.Packs.Count > known.Packs.Count || (damage.Index && !known.Index)))
        {
            await TellAsync(db, run, NoticeEvent.Damaged, NoticeLevel.Error, Texts.RepositoryDamaged(place.Name),
                Texts.DamageFound(damage.Packs.Count), 1, link: $"/repositories/{place.Id}/repair");
        }
        else if (outcome is RunOutcome.Failed or RunOutcome.Interrupted && run.Request.FailureMatters())
        {
            await TellAsync(db, run, NoticeEvent.Failed, NoticeLevel.Error,
                Texts.MaintenanceFailed(run.Request.Name(), run.Kind == RunKind.Restore, place.Name,
                    outcome != RunOutcome.Failed), Words(run, Texts.ItDidNotSucceed), 1);
        }
    }

    private Task TellAsync(TimeLockerDb db, Run run, NoticeEvent happened, NoticeLevel level, Text title, Text text,
        int inARow, string? key = null, string? link = null)
    {
        var now = clock.GetUtcNow();
        return notices.AddAsync(db, new Notice
        {
            Id = Guid.CreateVersion7(now),
            Key = key ?? $"run:{run.Id}:{happened.ToString().ToLowerInvariant()}",
            Event = happened,
            Level = level,
            Title = title,
            Text = text,
            Link = link ?? $"/runs/{run.Id}",
            At = now,
            PlanId = run.PlanId,
            RepositoryId = run.RepositoryId,
            RunId = run.Id,
            InARow = Math.Max(1, inARow),
        });
    }

    private static async Task<bool> IsWantedAsync(TimeLockerDb db, NoticeEvent happened) =>
        (await db.NoticeRules.AsNoTracking().Where(r => r.Enabled).ToListAsync()).Any(r => r.Events.Contains(happened));

    private static Text Words(Run run, Text otherwise) => run.Problem?.ToText() ?? otherwise;

    private string At(Run run) =>
        run.Slot is { } at
            ? agents.LocalTime(run.MachineId, at).ToString("ddd d MMM, HH:mm", CultureInfo.InvariantCulture) : "";
}
