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

/// <summary>What the end of a run means to people. It comes after the books that count and that judge the repository's maintenance.</summary>
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
            await TellAsync(db, run, NoticeEvent.Warned, NoticeLevel.Warning, "restic works without its cache.",
                "The folder “cache” in TimeLocker's state directory cannot be written. Runs succeed all the same, "
                    + "but take longer; the run's checks name the folder and the reason.",
                1,
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
                await TellAsync(db, run, NoticeEvent.Warned, NoticeLevel.Warning, run.IssueCount > 0 ? $"“{plan.Name}” left files out." : $"“{plan.Name}” is not complete.", Words(run, $"{run.IssueCount} files or folders could not be read."), plan.WarnedInARow);
                break;
            case RunOutcome.Missed:
                await TellAsync(db, run, NoticeEvent.Missed, NoticeLevel.Warning, $"“{plan.Name}” missed its backup{At(run)}.", Words(run, "It did not run at its time."), plan.MissedInARow,
                    key: $"missed:plan:{plan.Id}:{run.EndedAt!.Value.UtcTicks / OneLook.Ticks}", link: $"/plans/{plan.Id}?tab=runs");
                break;
            case RunOutcome.Skipped when await IsWantedAsync(db, NoticeEvent.Skipped):
                await TellAsync(db, run, NoticeEvent.Skipped, NoticeLevel.Info, $"“{plan.Name}” left its backup{At(run)} out.", Words(run, "A condition of the plan was not met."), 1);
                break;
            case RunOutcome.Failed or RunOutcome.Interrupted:
                var again = plan.FailedInARow > 1 ? $" It is the {Ordinal(plan.FailedInARow)} time in a row." : "";
                await TellAsync(db, run, NoticeEvent.Failed, NoticeLevel.Error, $"“{plan.Name}” {(outcome == RunOutcome.Failed ? "failed" : "was interrupted")}.", Words(run, "Its backup did not succeed.") + again, plan.FailedInARow);
                break;
        }
    }

    private async Task SucceededAsync(TimeLockerDb db, Run run, BackupPlan plan)
    {
        var before = db.Entry(plan);
        int failed = before.Property(p => p.FailedInARow).OriginalValue, missed = before.Property(p => p.MissedInARow).OriginalValue;
        var text = $"{Sizes.Count(run.Result?.FilesTotal ?? 0)} files, {Sizes.Bytes(run.Result?.BytesTotal ?? 0)}; {Sizes.Bytes(run.Result?.BytesStored ?? 0)} of new data were stored.";
        if (failed > 0 || missed > 0 || before.Property(p => p.OverdueSince).OriginalValue is not null)
        {
            var after = (failed, missed) switch
            {
                ( > 0, > 0) => $"after {Times(failed, "failure")} and {Times(missed, "missed slot")}",
                ( > 0, _) => $"after {Times(failed, "failure")}",
                (_, > 0) => $"after {Times(missed, "missed slot")}",
                _ => "after it was overdue",
            };
            await TellAsync(db, run, NoticeEvent.Recovered, NoticeLevel.Info, $"“{plan.Name}” is backed up again.", $"This backup succeeded {after}. {text}", 1);
        }

        if (await IsWantedAsync(db, NoticeEvent.Succeeded))
        {
            await TellAsync(db, run, NoticeEvent.Succeeded, NoticeLevel.Info, $"“{plan.Name}” is backed up.", text, 1);
        }
    }

    private async Task OfRepositoryAsync(TimeLockerDb db, Run run, RunOutcome outcome, Repository place)
    {
        var known = db.Entry(place).Property(r => r.Maintenance).OriginalValue.Damage;
        if (place.Maintenance.Damage is { } damage && (known is null || damage.Packs.Count > known.Packs.Count || (damage.Index && !known.Index)))
        {
            var lost = damage.Packs.Count > 0 ? $"{damage.Packs.Count} of its data files are damaged or missing. " : "";
            await TellAsync(db, run, NoticeEvent.Damaged, NoticeLevel.Error, $"“{place.Name}” is damaged.", $"A check found stored data that is not what was written. {lost}Newer backups may hold the same files: repair it soon, and look at the disk or server that holds it.", 1, link: $"/repositories/{place.Id}/repair");
        }
        else if (outcome is RunOutcome.Failed or RunOutcome.Interrupted && run.Request.FailureMatters())
        {
            var what = run.Request.Name();
            await TellAsync(db, run, NoticeEvent.Failed, NoticeLevel.Error, $"{what} {(run.Kind == RunKind.Restore ? "from" : "of")} “{place.Name}” {(outcome == RunOutcome.Failed ? "failed" : "was interrupted")}.", Words(run, "It did not succeed."), 1);
        }
    }

    private Task TellAsync(TimeLockerDb db, Run run, NoticeEvent happened, NoticeLevel level, string title, string text, int inARow, string? key = null, string? link = null)
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

    private static string Words(Run run, string otherwise) => run.Problem?.WithoutNames().ToString() ?? otherwise;

    private string At(Run run) => run.Slot is { } at ? $" of {agents.LocalTime(run.MachineId, at).ToString("ddd d MMM, HH:mm", CultureInfo.InvariantCulture)}" : "";

    private static string Times(int count, string what) => count == 1 ? $"a {what}" : $"{count} {what}s";

    private static string Ordinal(int n) => n switch { 2 => "second", 3 => "third", _ => $"{n}th" };
}
