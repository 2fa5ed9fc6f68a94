using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Hooks;

/// <summary>
/// The hooks of one run: those before it, and whatever becomes of the run those after it. What a hook stopped must be
/// started again.
/// </summary>
internal sealed class HookSteps(RunSpec spec, RunFolder folder, HookDirectory directory, RunBroadcast broadcast,
    Redactor redactor, TimeProvider time)
{
    private static readonly TimeSpan UntilRetry = TimeSpan.FromSeconds(3);

    private readonly BackupSpec? backup = spec is BackupSpec
    {
        Mode: not BackupMode.DryRun,
        Options.Hooks.Count: > 0
    } wanted ? wanted : null;
    private HookProgress? progress;

    /// <summary>
    /// How the run ended before TimeLocker was restarted in the middle of the hooks after it; null: it had not ended.
    /// </summary>
    public RunEnded? Ended => Progress?.Ended;

    /// <summary>Whether a hook may have run: those after the run are owed.</summary>
    public bool HaveBegun => Progress is not null;

    public IReadOnlyList<RunCheck> Checks => Progress?.Checks ?? [];

    private HookProgress? Progress => progress ??= backup is null ? null : folder.Hooks;

    /// <summary>Runs those before the backup.</summary>
    /// <exception cref="ProblemException">One of them stops the run, or one of the plan's hooks cannot be used.</exception>
    public async Task OpenAsync(RunLog log, CancellationToken stop, CancellationToken detach)
    {
        if (backup is null)
        {
            return;
        }

        Save(new HookProgress()); // from here on those after the run are owed
        foreach (var hook in backup.Options.Hooks.Where(hook => hook.OnFailure != HookFailure.Ignore))
        {
            directory.Find(hook.File);
        }

        for (var at = 0; at < backup.Options.Hooks.Count; at++)
        {
            if (backup.Options.Hooks[at] is { When: HookMoment.Before } hook
                && await TryAsync(at, hook, null, log, stop, detach) is { } why && hook.OnFailure != HookFailure.Ignore)
            {
                throw new ProblemException(ProblemKind.Upstream, Texts.HookStoppedBackup(hook.File), why,
                    Texts.RunsLogAllSaid);
            }
        }

        Say(null);
    }

    /// <summary>
    /// After a restart of TimeLocker: what was said before stands in the log again, and a hook before the backup that
    /// is still at work is ended.
    /// </summary>
    public async Task RejoinAsync(RunLog log, CancellationToken detach)
    {
        var steps = Progress?.Steps ?? [];
        for (var at = 0; at < steps.Count; at++)
        {
            var hook = backup!.Options.Hooks[steps[at].Hook];
            foreach (var line in steps[at].End?.Said ?? [])
            {
                log.Add($"{hook.File}: {line}");
            }

            if (steps[at].End is null && hook.When == HookMoment.Before)
            {
                await FollowAsync(at, hook, null, log, new CancellationToken(canceled: true), detach);
            }
        }
    }

    /// <summary>
    /// Runs those after the run, and says how the run ended with them. Those that have run already do not run again.
    /// </summary>
    public async Task<RunEnded> CloseAsync(RunEnded ended, RunLog log, CancellationToken detach)
    {
        if (backup is null || Progress is not { } begun)
        {
            return ended;
        }

        ended = begun.Ended ?? ended;
        Save(begun with { Ended = ended, Checks = broadcast.Checks });
        List<Text> failed = [];
        foreach (var moment in Moments(ended.Outcome))
        {
            for (var at = 0; at < backup.Options.Hooks.Count; at++)
            {
                if (backup.Options.Hooks[at] is { } hook && hook.When == moment
                    && await TryAsync(at, hook, ended, log, CancellationToken.None, detach) is { } why
                    && hook.OnFailure != HookFailure.Ignore)
                {
                    failed.Add(Texts.HookAfterFailed(hook.File, why));
                }
            }
        }

        return failed.Count == 0 ? ended : Spoilt(ended, Text.Of(failed));
    }

    // What the run saved is saved: a hook after it makes a success incomplete, and adds its word to every other end.
    private static RunEnded Spoilt(RunEnded ended, Text why) => ended with
    {
        Outcome = ended.Outcome == RunOutcome.Succeeded ? RunOutcome.Incomplete : ended.Outcome,
        Problem = ended.Problem is { } other
            ? other.With(why: Text.Of(other.Why, why))
            : new Problem(Texts.BackupMadeButNot, why, Texts.LookWhetherWhatHook),
    };

    private static HookMoment[] Moments(RunOutcome outcome) => outcome switch
    {
        RunOutcome.Succeeded => [HookMoment.After, HookMoment.OnSuccess],
        RunOutcome.Cancelled => [HookMoment.After],
        _ => [HookMoment.After, HookMoment.OnFailure],
    };

    /// <returns>Null: it went well; else why not.</returns>
    private async Task<Text?> TryAsync(int index, Hook hook, RunEnded? ended, RunLog log, CancellationToken stop,
        CancellationToken detach)
    {
        var tries = hook.OnFailure == HookFailure.Retry ? 2 : 1;
        Text? why = null;
        for (var number = 0; number < tries; number++)
        {
            stop.ThrowIfCancellationRequested();
            Say(hook);
            try
            {
                var end = await OnceAsync(index, number, hook, ended, log, stop, detach);
                stop.ThrowIfCancellationRequested();
                why = end.Good ? null : Why(hook, end);
            }
            catch (ProblemException e)
            {
                why = Text.Of(e.Problem.What, e.Problem.Why);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                why = Text.Verbatim(e.Message.AsForeign()); // the run's folder cannot be written
            }

            if (why is null)
            {
                return null;
            }

            log.Add(Texts.HookDidNot(hook.File, why,
                hook.OnFailure == HookFailure.Ignore ? "ignore" : number + 1 < tries ? "again" : ""));
            await (number + 1 < tries ? Task.Delay(UntilRetry, time, detach) : Task.CompletedTask);
        }

        return why;
    }

    // The number-th start of this hook may have been begun, or be over, since before a restart.
    private async Task<HookEnd> OnceAsync(int index, int number, Hook hook, RunEnded? ended, RunLog log,
        CancellationToken stop, CancellationToken detach)
    {
        var steps = progress!.Steps;
        var known = Enumerable.Range(0, steps.Count).Where(at => steps[at].Hook == index).Skip(number).Cast<int?>()
            .FirstOrDefault();
        if (known is { } before)
        {
            var end = steps[before].End ?? await FollowAsync(before, hook, null, log, stop, detach);
            if (end.Exit is not null || end.TimedOut)
            {
                return end;
            }

            log.Add(Texts.WasCutOff(hook.File));
        }

        var program = directory.Find(hook.File);
        var place = known ?? steps.Count;
        var step = new HookStep(index, time.GetUtcNow());
        Core.PrivateFile.DeleteFolder(folder.OfHook(place).Path);
        Save(progress with { Steps = known is null ? [.. steps, step] : [.. steps.Select((old, at) => at == place ? step : old)] });
        log.Add(Texts.BeginsHook(hook.File));
        var exited = await HookProcess.StartAsync(folder.OfHook(place), program, HookEnvironment.Of(backup!, hook.When, ended));
        return await FollowAsync(place, hook, exited, log, stop, detach);
    }

    private async Task<HookEnd> FollowAsync(int place, Hook hook, Task? exited, RunLog log, CancellationToken stop,
        CancellationToken detach)
    {
        var at = folder.OfHook(place);
        using var output = new HookOutput(at, redactor.Clean, line => log.Add($"{hook.File}: {line}"));
        var end = await new HookProcess(at, hook, progress!.Steps[place].At, time).FollowAsync(exited, output, stop, detach);
        Save(progress with { Steps = [.. progress.Steps.Select((step, i) => i == place ? step with { End = end } : step)] });
        return end;
    }

    private static Text Why(Hook hook, HookEnd end)
    {
        Text how = end.TimedOut ? Texts.TookLongerThanSeconds(hook.LimitSeconds) : end.Exit is { } code
            ? Texts.EndedExitCode(code) : Texts.Killed;
        return end.Said.LastOrDefault(line => line.Length > 0) is { } last
            ? Texts.Said(how, (last.Length > 300 ? last[..300] + "…" : last).AsForeign())
            : how;
    }

    private void Say(Hook? hook) =>
        broadcast.Publish(new RunProgressed(RunProgress.None with
        {
            Phase = hook is null ? null
            : Texts.RunsHook(hook.File)
        })
        { At = time.GetUtcNow() });

    // A hook before the run is not begun unless those after it are sure to follow; later a full disk must not keep back
    // what is to be started again.
    private void Save(HookProgress now)
    {
        try
        {
            folder.Hooks = now;
        }
        catch (Exception e) when (progress is not null && e is (IOException or UnauthorizedAccessException))
        {
        }

        progress = now;
    }
}
