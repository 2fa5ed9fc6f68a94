using System.Diagnostics.CodeAnalysis;
using TimeLocker.Agent.Hooks;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs.Jobs;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs;

/// <summary>
/// The road of one run: checks, restic in a session of its own, its files followed, the end judged. Also from the
/// middle on, after a restart.
/// </summary>
internal sealed partial class RunWork(RunSpec spec, RunFolder folder, ResticProcess restic, ResticBinary binary,
    HostPaths hostPaths, TimeProvider time) : IDisposable
{
    private const int LongestLine = 400;

    private readonly Job job = Job.Of(spec);
    private readonly Redactor redactor = new(Job.Of(spec).Locked);
    private readonly RunReport report = new(folder, time);
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private HookSteps? steps;
    private bool over;

    public RunBroadcast Broadcast => report.Broadcast;

    private HookSteps Hooks =>
        steps ??= new HookSteps(spec, folder, new HookDirectory(hostPaths.HookFolder), Broadcast, redactor, time);

    /// <summary>The run ends as cancelled, in whatever state it is; also when TimeLocker is restarted in between.</summary>
    public void Stop()
    {
        lock (gate)
        {
            if (!over && !folder.IsOver)
            {
                if (folder.Exists)
                {
                    folder.MarkCancelled();
                }

                stop.Cancel();
            }
        }
    }

    public void Dispose() => stop.Dispose();

    /// <param name="detach">TimeLocker ends: the run is left to itself.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Every run has an end, whatever happens to it.")]
    public async Task GoAsync(CancellationToken detach)
    {
        try
        {
            await CarryAsync(detach);
        }
        catch (Exception) when (detach.IsCancellationRequested)
        {
            // Somebody joins the run later.
        }
        catch (Exception e)
        {
            End(null, Broken(e)); // it came while the end was made ready
        }
        finally
        {
            lock (gate)
            {
                over = true;
            }

            report.Dispose();
        }
    }

    private async Task CarryAsync(CancellationToken detach)
    {
        try
        {
            if (folder.IsOver)
            {
                report.Replay();
            }
            else if (folder is { Exists: true, WasPutBack: false } or { WasCancelled: true })
            {
                await JoinAsync(detach);
            }
            else
            {
                await BeginAsync(detach);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && !detach.IsCancellationRequested)
        {
            await ConcludeAsync(null, OutcomeRules.WasCancelled(time.GetUtcNow()), detach);
        }
        catch (ProblemException e)
        {
            await ConcludeAsync(null, OutcomeRules.NotMade(e, time.GetUtcNow()), detach);
        }
        catch (Exception e) when (e is not OperationCanceledException || !detach.IsCancellationRequested)
        {
            await ConcludeAsync(null, Broken(e), detach);
        }
    }

    // Whatever it was: a run that nobody watches must not go on, and every run has an end.
    private RunEnded Broken(Exception fault)
    {
        folder.Process?.SignalGroup(ProcessIdentity.Terminate);
        return OutcomeRules.Broken(redactor.Clean(fault.Message), time.GetUtcNow());
    }

    // After a restart of TimeLocker. All that restic said is read again from the start; Run.Apply takes it twice without harm.
    private async Task JoinAsync(CancellationToken detach)
    {
        var process = folder.Process;
        var reached = folder.WasHandedOver || folder.ExitCode == ResticExit.Ok; // a small backup can be over before the mark is set
        var facts = folder.Facts;
        if (Hooks.Ended is { } known)
        {
            if (facts is null)
            {
                report.Publish(new RunChecked(Hooks.Checks) { At = known.At });
            }
            else
            {
                report.Announce(facts);
                report.Started(facts);
            }

            await Hooks.RejoinAsync(report.Log, detach);
            await ConcludeAsync(facts, known, detach);
            return;
        }

        if (facts is { Restarts: > 0 } && !reached && !folder.WasCancelled)
        {
            process?.SignalGroup(ProcessIdentity.Kill); // it has no password yet
            await Hooks.RejoinAsync(report.Log, detach);
            report.Announce(facts);
            var child = await StartAgainAsync(facts, detach);
            await FollowAsync(facts, child.Identity, child.Exited, detach);
            return;
        }

        if (!reached || facts is null)
        {
            process?.SignalGroup(ProcessIdentity.Terminate);
            await Hooks.RejoinAsync(report.Log, detach);
            var (outcome, problem) = folder.WasCancelled ? (RunOutcome.Cancelled, OutcomeRules.Cancelled)
                : (RunOutcome.Interrupted, OutcomeRules.NotBegun);
            await ConcludeAsync(null, new RunEnded(outcome, null, null, problem) { At = time.GetUtcNow() }, detach);
            return;
        }

        report.Announce(facts);
        await Hooks.RejoinAsync(report.Log, detach);
        report.Log.Add(Texts.RestartedAndFollows);
        report.Started(facts);
        if (folder.WasCancelled)
        {
            await stop.CancelAsync();
        }

        await FollowAsync(facts, process, exited: null, detach);
    }

    private async Task FollowAsync(RunFacts facts, ProcessIdentity? process, Task? exited, CancellationToken detach)
    {
        var watch = Watch(facts);
        try
        {
            var wasAlive = await watch.UntilEndAsync(process, exited, stop.Token, detach);
            while (folder.ExitCode is not (null or ResticExit.Ok) and var code
                && (folder.WasHalted || watch.LockRefused is not null)
                && !stop.IsCancellationRequested)
            {
                if (code != ResticExit.Signalled && watch.LockRefused is null)
                {
                    await LockCleanUp.UnlockAsync(Locked(facts), process, restic, report.Log);
                }

                watch.Dispose();
                facts = watch.LockRefused is { } why
                    ? ResticAttempt.WithoutLock(facts, spec, job.Target, redactor.Clean(why), time)
                    : ResticAttempt.Next(facts, spec, job.Target, time);
                var child = await StartAgainAsync(facts, detach);
                (process, exited, watch) = (child.Identity, child.Exited, Watch(facts));
                wasAlive = await watch.UntilEndAsync(process, exited, stop.Token, detach);
            }

            await JudgeAsync(facts, watch, process, recovered: exited is null && !wasAlive, detach);
        }
        finally
        {
            watch.Dispose();
        }
    }

    private IReadOnlyList<ResticTarget> Locked(RunFacts facts) => facts.WithoutLock ? [.. job.Locked.SkipLast(1)] : job.Locked;

    private ResticMonitor Watch(RunFacts facts) => new(spec, folder, facts, job.GoesWithoutLock, Broadcast,
        text => report.Log.Add(job.Word(redactor.Clean(text))), restic.Patience, time);

    private async Task JudgeAsync(RunFacts facts, ResticMonitor watch, ProcessIdentity? process, bool recovered,
        CancellationToken detach)
    {
        report.Publish(new RunFinishing { At = time.GetUtcNow() });
        var heard = OutcomeRules.Read(facts, folder.ExitCode, watch.Summary, watch.Preview, watch.Errors, watch.Text,
            redactor, stop.IsCancellationRequested, time.GetUtcNow()) with
        { Changed = watch.Changed };
        var ended = heard switch
        {
            { Exit: not ResticExit.Ok } when watch.Watchdog.Reason is { } reason
                && !stop.IsCancellationRequested => OutcomeRules.GivenUp(heard, watch.Watchdog, redactor.Clean(reason)),
            { Exit: ResticExit.Ok or ResticExit.Partly, Summary: null } when spec is BackupSpec { Options.Command: null } =>
                await job.RecoverAsync(heard, restic, report.Log) ?? job.Judge(heard),
            { Exit: >= 0 } => await job.ConfirmAsync(job.Judge(heard), facts, restic),
            { Outcome: RunOutcome.Interrupted } => await job.RecoverAsync(heard, restic, report.Log) ?? heard.Ended(),
            _ => heard.Ended(),
        };
        if (watch.Errors.LeavesLock && ended.Outcome is not (RunOutcome.Succeeded or RunOutcome.Incomplete))
        {
            Locked(facts).ToList().ForEach(target => restic.OweUnlock(target, process));
            report.Log.Add(Texts.LockMayBeLeft);
        }
        else if (ended.Outcome is RunOutcome.Cancelled or RunOutcome.Interrupted or RunOutcome.Failed
            && folder.ExitCode is null or > 128)
        {
            await LockCleanUp.UnlockAsync(Locked(facts), process, restic, report.Log);
        }

        await ConcludeAsync(facts, Presentable(ended) with { Recovered = recovered }, detach);
    }

    private async Task ConcludeAsync(RunFacts? facts, RunEnded ended, CancellationToken detach)
    {
        try
        {
            ended = await Hooks.CloseAsync(ended, report.Log, detach);
        }
        catch (Exception e) when (e is not OperationCanceledException || !detach.IsCancellationRequested)
        {
            report.Log.Add(Texts.HooksNotCarriedOut(redactor.Clean(e.Message).AsForeign())); // every run has an end
        }

        End(facts, ended);
    }

    // restic's own lines leave the machine: without secrets, and none of endless length.
    private RunEnded Presentable(RunEnded made)
    {
        var ended = made.Problem is { } problem ? made with { Problem = problem.Map(redactor.Clean) } : made;
        if (ended.Result is not { Maintenance: { Report.Count: > 0 } maintenance } result)
        {
            return ended;
        }

        maintenance = maintenance with { Report = [.. maintenance.Report.Select(line => line.Map(Presentable))] };
        return ended with { Result = result with { Maintenance = maintenance } };
    }

    private string Presentable(string words) =>
        redactor.Clean(words) is { Length: > LongestLine } line ? line[..LongestLine] + "…" : redactor.Clean(words);

    private void End(RunFacts? facts, RunEnded ended)
    {
        lock (gate)
        {
            over = true;
            report.Write(facts, ended);
        }

        report.Publish(ended);
    }
}
