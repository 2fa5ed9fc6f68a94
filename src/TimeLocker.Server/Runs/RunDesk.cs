using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>Where every run is asked for, and its end: who may, and the row that is written before anything starts.</summary>
public sealed class RunDesk(IDbContextFactory<TimeLockerDb> databases, RunRecorder recorder, RunFeed feed,
    RunDriver driver, Retries retries, TimeProvider clock)
{
    /// <summary>A run that is about a repository.</summary>
    /// <param name="machine">Null: the repository's home.</param>
    public Task<Run> StartAsync(RunRequest request, Repository place, Actor who, CancellationToken ct,
        Text? title = null, Guid? plan = null, RunCause? cause = null, Guid? id = null, Guid? machine = null) =>
        StartAsync(RepositoryRun.Of(request, place, who, clock.GetUtcNow(), title, plan, cause: cause, id: id,
            machine: machine), who, ct);

    /// <returns>The run, or one that waits already and does exactly the same, or that answers its slot already.</returns>
    public async Task<Run> StartAsync(Run run, Actor who, CancellationToken ct)
    {
        who.MustBe(run.Request.MinimumRole());
        var queued = await recorder.QueuedAsync(run, who, ct, Waits);
        if (queued != run)
        {
            return feed.Current(queued.Id) ?? queued;
        }

        foreach (var older in retries.TakenOverBy(run))
        {
            await driver.LeaveOutAsync(older, Retries.Superseded);
        }

        driver.Drive(run);
        return run;
    }

    /// <summary>Asks for the end of a run. Its outcome says whether that came in time.</summary>
    public async Task CancelAsync(Guid runId, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (feed.Current(runId) is not { } run)
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            throw await db.Runs.AnyAsync(r => r.Id == runId, ct)
                ? new ProblemException(ProblemKind.Conflict, Problems.RunCannotCancelledAlready)
                : ProblemException.NotFound(Texts.Run, Texts.SeeActivityPage);
        }

        await recorder.CancelAskedAsync(run, who, ct);
        run.CancelledBy = who.Id;
        await driver.CancelAsync(run, ct);
    }

    // One that is not in the feed was written down a moment ago. What is to begin later is no answer to who wants it now.
    private bool Waits(Run old) =>
        old is { CancelledBy: null, State: RunState.Queued } && !driver.IsEarly(old)
        && feed.Current(old.Id) is null or { State: RunState.Queued, CancelledBy: null };
}
