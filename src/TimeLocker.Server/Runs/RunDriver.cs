using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>The one road: every run waits for its moment, its machine and its turn, is followed there, and has an end.</summary>
public sealed class RunDriver(IDbContextFactory<TimeLockerDb> databases, RunFollower follower, RunUpdates updates,
    AgentRegistry agents, RunFeed feed,
    RunQueue queue, WallClockTimer alarm, TimeProvider clock, ILogger<RunDriver> log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, Driven> driven = new();
    private readonly CancellationTokenSource closing = new();

    private sealed record Driven(CancellationTokenSource Cancelled, Task Work)
    {
        public Problem? LeftOut { get; set; }
    }

    /// <summary>
    /// After a start of TimeLocker: goes on with every run that had not ended. Their processes may still be at work.
    /// </summary>
    public async Task ResumeAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await db.Runs.AsNoTracking().Where(r => r.State != RunState.Ended).OldestFirst().ToListAsync(ct);
        var open = rows.Where(r => !r.HasEnded).ToList();
        var begun = await agents.BegunAsync(open, ct);
        foreach (var run in open.OrderByDescending(r => begun.Contains(r.Id))) // what is at work has its turn already
        {
            Drive(run, begun.Contains(run.Id));
        }
    }

    /// <summary>Goes on with rows that were just written; those that have ended are only shown.</summary>
    public void Begin(IEnumerable<Run> runs)
    {
        foreach (var run in runs)
        {
            if (run.HasEnded)
            {
                feed.Publish(run);
            }
            else
            {
                Drive(run);
            }
        }
    }

    public void Drive(Run run) => Drive(run, run.State != RunState.Queued);

    /// <summary>Ends a run that still waits; stops one that is at work.</summary>
    internal async Task CancelAsync(Run run, CancellationToken ct)
    {
        if (driven.TryGetValue(run.Id, out var work))
        {
            await work.Cancelled.CancelAsync();
        }
        else if (feed.Current(run.Id) is { } forgotten)
        {
            Drive(forgotten); // its end could not be written down: that is tried again
        }

        // one that is away is told when it is there again
        await (agents.Find(run.MachineId)?.StopAsync(run.Id, ct) ?? Task.CompletedTask);
    }

    /// <summary>Ends a run that still waits as skipped.</summary>
    internal async Task LeaveOutAsync(Run run, Problem why)
    {
        if (driven.TryGetValue(run.Id, out var work))
        {
            work.LeftOut = why;
            await work.Cancelled.CancelAsync();
        }
    }

    /// <summary>Whoever waits is in nobody's way: it stands in the queue only when its time has come.</summary>
    internal bool IsEarly(Run run) => run is { NotBefore: { } begin, State: RunState.Queued } && begin > clock.GetUtcNow();

    /// <summary>Whether somebody here waits for its end.</summary>
    internal bool Drives(Guid run) => driven.ContainsKey(run);

    /// <summary>
    /// Stops listening; the work itself goes on and is joined again after the next start. Whatever is queued from now
    /// on waits for it, too.
    /// </summary>
    public async Task CloseAsync()
    {
        await closing.CancelAsync();
        await Task.WhenAll(driven.Values.Select(d => d.Work));
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        closing.Dispose();
    }

    private void Drive(Run run, bool isUnderWay)
    {
        var cancelled = new CancellationTokenSource();
        feed.Publish(run);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        driven[run.Id] = new(cancelled, DriveAsync(run, isUnderWay, gate.Task, cancelled.Token));
        gate.SetResult(); // it is listed before it can remove itself from the list
    }

    [SuppressMessage("Design", "CA1031", Justification = "Every run has an end, whatever happens to it.")]
    private async Task DriveAsync(Run run, bool isUnderWay, Task listed, CancellationToken cancelled)
    {
        try
        {
            // At once: the order of the queue is that in which runs are queued.
            var entry = isUnderWay || !(IsEarly(run) || agents.IsAway(run.MachineId)) ? Enter(run, isUnderWay) : null;
            await listed;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, closing.Token);
            using var turn = await TurnAsync(run, entry, isUnderWay, either.Token);
            await follower.FollowAsync(run, Drive, closing.Token);
        }
        catch (Exception) when (closing.IsCancellationRequested)
        {
            // Half of the server may be gone: no fault of the run. The next start goes on with it.
        }
        catch (OperationCanceledException)
        {
            await EndWaitingAsync(run);
        }
        catch (ProblemException problem)
        {
            await EndAsync(run, RunOutcome.Failed, problem.Problem);
        }
        catch (Exception fault)
        {
            log.LogError(fault, "run {Run} ended by a fault of TimeLocker", run.Id);
            await EndAsync(run, RunOutcome.Failed, Problems.RunStoppedFaultTimelocker(fault.GetType().Name));
        }
        finally
        {
            await listed;
            driven.TryRemove(run.Id, out _);
        }
    }

    // A machine that goes meanwhile costs a run its place: those behind it need not wait for its return.
    private async Task<IDisposable> TurnAsync(Run run, QueueEntry? entry, bool isUnderWay, CancellationToken ct)
    {
        for (; ; entry = null)
        {
            if (entry is null)
            {
                await MomentAsync(run, ct);
                await follower.MachineAsync(run, ct);
            }

            var turn = await (entry ?? Enter(run, isUnderWay)).TurnAsync(ct);
            feed.Waits(run, null);
            if (isUnderWay || !agents.IsAway(run.MachineId))
            {
                return turn;
            }

            turn.Dispose();
        }
    }

    private QueueEntry Enter(Run run, bool isUnderWay) =>
        queue.Enter(QueueRequest.Of(run) with { IsUnderWay = isUnderWay }, reason => feed.Waits(run, reason));

    private async Task MomentAsync(Run run, CancellationToken ct)
    {
        if (IsEarly(run) && run.NotBefore is { } begin)
        {
            var at = Words(run, begin);
            feed.Waits(run, run.Attempt > 0 ? Texts.BeginsAnotherTry(at)
                : run.Cause == RunCause.CatchUp ? Texts.BeginsMakeUpMissed(at) : Texts.Begins(at));
            await alarm.UntilAsync(begin, ct);
        }
    }

    private string Words(Run run, DateTimeOffset at)
    {
        var (then, today) = (agents.LocalTime(run.MachineId, at), agents.LocalTime(run.MachineId, clock.GetUtcNow()).Date);
        return then.ToString(then.Date == today ? "'at' HH:mm" : "'on' d MMMM 'at' HH:mm", CultureInfo.InvariantCulture);
    }

    private Task EndWaitingAsync(Run run) =>
        run.CancelledBy is null && driven.GetValueOrDefault(run.Id)?.LeftOut is { } why
            ? EndAsync(run, RunOutcome.Skipped, why)
            : EndAsync(run, RunOutcome.Cancelled, RunFollower.NotBegun);

    private Task EndAsync(Run run, RunOutcome outcome, Problem problem) =>
        updates.TakeAsync(run, new RunEnded(outcome, null, null, problem) { At = clock.GetUtcNow() }, Drive, closing.Token);
}
