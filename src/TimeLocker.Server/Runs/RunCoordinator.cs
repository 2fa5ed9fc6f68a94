using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs;

/// <summary>The one path: every run is queued, waits for its turn, is driven on its machine, and ends here.</summary>
public sealed partial class RunCoordinator(IDbContextFactory<TimeLockerDb> databases, RunRecorder recorder, RepositoryCatalog repositories, AgentRegistry agents, RunFeed feed, RunQueue queue, ClockWatch clockWatch, WantedInCopy wantedInCopy, RestoreLimits restoreLimits, WallAlarm alarm, TimeProvider clock, ILogger<RunCoordinator> log) : IAsyncDisposable
{
    private static readonly TimeSpan UntilNextTry = TimeSpan.FromSeconds(5);

    /// <summary>After so many an end is written without being counted.</summary>
    private const int MostFaults = 3;

    private readonly ConcurrentDictionary<Guid, Driven> driven = new();
    private readonly CancellationTokenSource closing = new();

    private static Problem NotBegun { get; } = new("The run was cancelled.", "It had not begun yet.", "Start it again when you want it.");

    private sealed record Driven(CancellationTokenSource Cancelled, Task Work);

    public async Task<Run> StartBackupAsync(Guid planId, NewRun wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var plan = await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == planId && p.ArchivedAt == null, ct) ?? throw ProblemException.NotFound("plan", "See the list of plans.");
        if (wanted.Paths.FirstOrDefault(p => !plan.Sources.Contains(p)) is { } strange)
        {
            throw ProblemException.Invalid($"“{strange.AsName()}” is not a source of “{plan.Name}”.", "A partial backup takes some of the plan's sources.", $"Choose from {plan.Sources.AsNames()}.");
        }

        if (wanted.Mode == BackupMode.Partial && wanted.Paths.Count == 0)
        {
            throw ProblemException.Invalid("A partial backup of nothing.", "No source was chosen.", $"Choose from {plan.Sources.AsNames()}.");
        }

        var request = new BackupRequest(wanted.Mode, wanted.Paths) { EvenIfShrunk = wanted.EvenIfShrunk, Tags = PlanRules.Tags(wanted.Tags), Why = wanted.Why };
        var cause = wanted.Cause ?? (who.Via == Via.Ui ? RunCause.Person : RunCause.Api);
        return await QueueAsync(NewBackup(plan, request, cause, who, wanted.Slot, wanted.NotBefore), who, ct);
    }

    /// <summary>Asks for the end of a run. Its outcome says whether that came in time.</summary>
    public async Task CancelAsync(Guid runId, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (feed.Current(runId) is not { } run)
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            throw await db.Runs.AnyAsync(r => r.Id == runId, ct)
                ? new ProblemException(ProblemKind.Conflict, "The run cannot be cancelled.", "It has already ended.", "Nothing is left to do.")
                : ProblemException.NotFound("run", "See the activity page.");
        }

        await recorder.CancelAskedAsync(run, who, ct);
        run.CancelledBy = who.Id;
        if (driven.TryGetValue(runId, out var work))
        {
            await work.Cancelled.CancelAsync();
        }
        else if (feed.Current(runId) is { } forgotten)
        {
            Drive(forgotten); // its end could not be written down: that is tried again
        }

        await agents.Find(run.MachineId).StopAsync(runId, ct);
    }

    /// <summary>After a start of TimeLocker: goes on with every run that had not ended. Their processes may still be at work.</summary>
    public async Task ResumeAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var open = await db.Runs.AsNoTracking().Where(r => r.State != RunState.Ended).OrderBy(r => r.Id).ToListAsync(ct);
        foreach (var run in open.Where(r => !r.HasEnded).OrderByDescending(IsGoing).ThenBy(r => r.Id)) // what is at work has its turn already
        {
            Drive(run);
        }
    }

    /// <summary>Stops listening; the work itself goes on and is joined again after the next start. Whatever is queued from now on waits for it, too.</summary>
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

    /// <summary>Whether somebody here waits for its end.</summary>
    internal bool Drives(Guid run) => driven.ContainsKey(run);

    private Run NewBackup(BackupPlan plan, BackupRequest request, RunCause cause, Actor who, DateTimeOffset? slot = null, DateTimeOffset? notBefore = null, Guid? id = null, int attempt = 0) => new()
    {
        Id = id ?? Guid.CreateVersion7(clock.GetUtcNow()),
        Kind = RunKind.Backup,
        Cause = cause,
        PlanId = plan.Id,
        RepositoryId = plan.RepositoryId,
        MachineId = plan.MachineId,
        Title = plan.Name,
        RequestedBy = who.Id,
        Request = request,
        Slot = slot,
        NotBefore = notBefore,
        Attempt = attempt,
        QueuedAt = clock.GetUtcNow(),
    };

    private async Task<Run> QueueAsync(Run run, Actor who, CancellationToken ct)
    {
        var queued = await recorder.QueuedAsync(run, who, ct, Waits);
        if (queued.Id != run.Id)
        {
            return feed.Current(queued.Id) ?? queued;
        }

        await TakeOverAsync(run);
        Drive(run);
        return run;
    }

    // One that is not in the feed was written down a moment ago. What is to begin later is no answer to who wants it now.
    private bool Waits(Run old) => old is { CancelledBy: null, State: RunState.Queued } && !IsEarly(old) && feed.Current(old.Id) is null or { State: RunState.Queued, CancelledBy: null };

    private void Drive(Run run)
    {
        var cancelled = new CancellationTokenSource();
        feed.Publish(run);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        driven[run.Id] = new(cancelled, DriveAsync(run, gate.Task, cancelled.Token));
        gate.SetResult(); // it is listed before it can remove itself from the list
    }

    private async Task DriveAsync(Run run, Task listed, CancellationToken cancelled)
    {
        try
        {
            using var place = IsEarly(run) ? null : Stand(run); // at once: the order of the queue is that in which runs are queued
            await listed;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, closing.Token);
            await WaitAsync(run, either.Token);
            using var turn = await (place ?? Stand(run)).EnterAsync(either.Token);
            feed.Waits(run, null);
            await WorkAsync(run);
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
            await EndAsync(run, RunOutcome.Failed, new("The run was stopped by a fault of TimeLocker.", $"{fault.GetType().Name}; the server's log has the details.", "Try again; report it if it happens again."));
        }
        finally
        {
            await listed;
            driven.TryRemove(run.Id, out _);
        }
    }

    private Turns.Place Stand(Run run) => queue.Stand(run, Uses(run), IsGoing(run), reason => feed.Waits(run, reason));

    private Task EndAsync(Run run, RunOutcome outcome, Problem problem) => TakeAsync(run, new RunEnded(outcome, null, null, problem) { At = clock.GetUtcNow() });

    // Nobody sees an end before it is written down: who is told of it may ask at once for all that comes with it, such as the snapshot.
    private async Task TakeAsync(Run run, RunEvent happened)
    {
        run = happened is RunEnded ? run.Copy() : run;
        if (run.Apply(happened))
        {
            await RecordAsync(run);
        }

        feed.Publish(run);
    }

    // A full disk takes no end from a run: it is written as soon as there is room. A start that was not written comes with the end.
    // Another fault may be over at the next try, too. One that stays keeps the end from being counted, but not from being written: its plan
    // would never begin again.
    private async Task RecordAsync(Run run)
    {
        for (var faults = 0; ;)
        {
            try
            {
                if (!run.HasEnded)
                {
                    await recorder.StartedAsync(run);
                    return;
                }

                var again = await RetryOfAsync(run);
                await recorder.EndedAsync(run, again, counted: faults < MostFaults);
                if (again is not null)
                {
                    Drive(again);
                }

                if (ChangesSnapshots(run))
                {
                    repositories.MarkStale(run.RepositoryId);
                }

                return;
            }
            catch (Exception fault) when (!closing.IsCancellationRequested && (faults < MostFaults || WriteTrouble.Passes(fault)))
            {
                log.LogError(fault, "run {Run} could not be written to the database", run.Id);
                if (!run.HasEnded)
                {
                    return;
                }

                faults += WriteTrouble.Passes(fault) ? 0 : 1;
                await Task.Delay(UntilNextTry, clock, closing.Token);
            }
        }
    }

    private bool IsGoing(Run run) => run.State != RunState.Queued || agents.Knows(run.MachineId, run.Id);

    private async Task<RunSpec> SpecAsync(Run run, CancellationToken ct)
    {
        var repository = await repositories.GetAsync(run.RepositoryId, ct);
        var target = await repositories.TargetAsync(repository, ct);
        RunSpec spec = run.Request switch
        {
            BackupRequest request => await BackupAsync(run, request, target, ct),
            RestoreRequest r => new RestoreSpec
            {
                RunId = run.Id,
                Target = target,
                SnapshotId = await NowCalledAsync(run.RepositoryId, r.SnapshotId, ct),
                Paths = r.Paths,
                Folder = r.Folder,
                Overwrite = r.Overwrite,
                Verify = r.Verify,
                DryRun = r.DryRun,
                Sources = r.Sources,
                Replace = r.Replace,
                Within = r.Within,
                MayEnterSystem = r.MayEnterSystem,
            },
            _ => await HealthAsync(run, target, ct),
        };
        var source = run.Request is CopyRequest copy ? (await repositories.GetAsync(copy.From, ct)).Resources : ResourceRules.None;
        return spec with { Resources = ResourceRules.Stricter(ResourceRules.Stricter(spec.Resources, source), repository.Resources) };
    }

    private async Task<BackupSpec> BackupAsync(Run run, BackupRequest request, ResticTarget target, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var plan = await db.Plans.AsNoTracking().SingleAsync(p => p.Id == run.PlanId, ct);
        if (UnreadableColumns.In(plan))
        {
            throw new ProblemException(ProblemKind.Failed, "The plan cannot be carried out.", "TimeLocker's database is damaged where its settings are.", "Look through the plan and save it anew, or stop TimeLocker and put its database back from a copy.");
        }

        var machine = await db.Machines.AsNoTracking().SingleAsync(m => m.Id == run.MachineId, ct);
        var sources = request.Paths.Count > 0 ? request.Paths : plan.Sources;
        var before = await Expectation.OfAsync(db, plan, sources, ct);
        return new BackupSpec
        {
            RunId = run.Id,
            Target = target,
            Host = machine.Host,
            Sources = sources,
            Excludes = ExcludePreset.Expand(plan.ExcludePresets, plan.Excludes),
            ExcludeIfPresent = plan.ExcludeIfPresent,
            ExcludeCaches = plan.ExcludeCaches,
            OneFileSystem = plan.OneFileSystem,
            Tags = [.. plan.Tags.Union(request.Tags)],
            Compression = plan.Compression,
            Mode = request.Mode,
            Resources = plan.Resources,
            PlanName = plan.Name,
            RepositoryName = await db.Repositories.Where(r => r.Id == run.RepositoryId).Select(r => r.Name).SingleAsync(ct),
            Command = plan.Command,
            Hooks = plan.Hooks,
            Conditions = run.IsConditional ? plan.Conditions : RunConditions.None,
            ExpectedBytes = before.Bytes,
            ExpectedFiles = request.EvenIfShrunk ? 0 : before.Files,
            Before = request.EvenIfShrunk ? [] : before.Sources,
            EvenIfShrunk = request.EvenIfShrunk,
            After = before.After,
        };
    }
}
