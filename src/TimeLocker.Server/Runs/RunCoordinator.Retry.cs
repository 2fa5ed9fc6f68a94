using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>Further tries. After what may pass by itself a backup is tried again as its plan says, whoever had started it; after an interruption once, at once.</summary>
public sealed partial class RunCoordinator
{
    private readonly ConcurrentDictionary<Guid, Problem> leftOut = new();

    private static Problem Superseded { get; } = new("Another try was not needed.", "A newer run of the plan took its place.", "Nothing is left to do.");

    // Written with the end of the run before, or a kill in between loses it.
    private async Task<Run?> RetryOfAsync(Run run)
    {
        if (run is not { IsBackup: true, Request: BackupRequest request, Outcome: RunOutcome.Interrupted or RunOutcome.Failed } || feed.Active.Any(other => IsNewer(other, run)))
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync();
        if (await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == run.PlanId && p.ArchivedAt == null) is not { } plan)
        {
            return null;
        }

        // Once: a plan that is interrupted again has a reason that a person must see.
        if (run.Outcome == RunOutcome.Interrupted)
        {
            return run.Cause == RunCause.Retry ? null : NewBackup(plan, request, RunCause.Retry, Actor.System, attempt: run.Attempt + 1);
        }

        return run.Transient && run.Attempt < plan.Retries.Times
            ? NewBackup(plan, request, RunCause.Retry, Actor.System, notBefore: clock.GetUtcNow() + plan.Retries.WaitAfter(run.Attempt, Random.Shared.NextDouble()), attempt: run.Attempt + 1)
            : null;
    }

    /// <summary>A newer run of the plan saves all that a try that still waits would save.</summary>
    private async Task TakeOverAsync(Run newer)
    {
        foreach (var old in feed.Active.Where(old => IsNewer(newer, old) && old is { Cause: RunCause.Retry, State: RunState.Queued, NotBefore: { } at } && at > clock.GetUtcNow()))
        {
            leftOut[old.Id] = Superseded;
            if (driven.TryGetValue(old.Id, out var work))
            {
                await work.Cancelled.CancelAsync();
            }
        }
    }

    private static bool IsNewer(Run newer, Run old) =>
        newer.Id != old.Id && newer.PlanId == old.PlanId && newer.QueuedAt >= old.QueuedAt
        && newer is { IsBackup: true, Request: BackupRequest wide } && old.Request is BackupRequest narrow
        && (wide.Paths.Count == 0 || (narrow.Paths.Count > 0 && narrow.Paths.All(wide.Paths.Contains)));

    private Task EndWaitingAsync(Run run) =>
        leftOut.TryRemove(run.Id, out var why) && run.CancelledBy is null ? EndAsync(run, RunOutcome.Skipped, why) : EndAsync(run, RunOutcome.Cancelled, NotBegun);
}
