using TimeLocker.Agent.Hooks;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Runs;

/// <summary>
/// How a run begins: the checks, the hooks before it, then restic. Also how it begins again when other limits count.
/// </summary>
internal sealed partial class RunWork
{
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(2);

    private async Task BeginAsync(CancellationToken detach)
    {
        folder.Create();
        (RunFacts Facts, DetachedChild Child)? begun;
        try
        {
            begun = await StartAsync(detach);
        }
        catch (OperationCanceledException) when (detach.IsCancellationRequested && !Hooks.HaveBegun)
        {
            folder.MarkPutBack();
            throw;
        }

        if (begun is { Facts: var facts, Child: var child })
        {
            await FollowAsync(facts, child.Identity, child.Exited, detach);
        }
    }

    /// <returns>Null: the run is left out.</returns>
    private async Task<(RunFacts, DetachedChild)?> StartAsync(CancellationToken detach)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, detach);
        var program = await binary.FindAsync().WaitAsync(either.Token);
        var preparation = new Preparation(folder, program, restic, hostPaths, time);
        if (await LookAsync(preparation, () => preparation.MayBeginAsync(spec, job, either.Token), either.Token) is { } notNow)
        {
            End(null, new RunEnded(RunOutcome.Skipped, null, null, notNow) { At = time.GetUtcNow() });
            return null;
        }

        await Hooks.OpenAsync(report.Log, stop.Token, detach);
        var facts = await LookAsync(preparation, () => preparation.LookAsync(job, either.Token), either.Token);
        if (facts is null)
        {
            var looking = RunProgress.None with { Note = Texts.LookingAtSnapshot };
            report.Publish(new RunProgressed(looking) { At = time.GetUtcNow() });
            facts = await job.PrepareAsync(preparation, either.Token);
        }

        folder.Facts = facts;
        report.Announce(facts);
        await LockCleanUp.SettleAsync(Locked(facts), restic, report.Log);
        return (facts, await StartResticAsync(facts, either.Token));
    }

    private async Task<DetachedChild> StartResticAsync(RunFacts facts, CancellationToken ct)
    {
        CredentialFiles.Write(folder.Reach, job.Target);
        var command = Priorities.Apply(await restic.CommandAsync(job.Target, facts.Arguments, folder.Reach, job.Second),
            spec.Resources);
        ct.ThrowIfCancellationRequested();

        folder.Reserve();

        // From here on restic may be alive: neither a stop nor our own end may skip what follows.
        var child = await ChildProcess.StartDetachedAsync(command, folder.Path, CancellationToken.None);
        folder.MarkHandedOver(child.Identity);
        report.Started(facts);
        return child;
    }

    // Other limits count now, or there is no lock to be had. What is written down comes first: a restart of TimeLocker
    // in between goes on from there.
    private async Task<DetachedChild> StartAgainAsync(RunFacts facts, CancellationToken detach)
    {
        folder.Facts = facts;
        folder.BeginAgain();
        report.Log.Add(facts.Notes[^1]);
        report.Log.Add(facts.Command);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, detach);
        return await StartResticAsync(facts, either.Token);
    }

    // A dead network share blocks whoever looks at it: it may keep its thread, but not the run.
    private async Task<T> LookAsync<T>(Preparation preparation, Func<Task<T>> look, CancellationToken ct)
    {
        var looking = Task.Run(look, ct);
        try
        {
            return await looking.WaitAsync(TimeSpan.FromMinutes(2), ct);
        }
        catch (OperationCanceledException)
        {
            // nobody writes into the folder of a run that is begun again
            await Task.WhenAny(looking, Task.Delay(Parting, CancellationToken.None));
            throw;
        }
        catch (TimeoutException)
        {
            preparation.GiveUp();
            throw new ProblemException(ProblemKind.Unavailable, TransientProblems.SlowChecks, Texts.DiskOrNetworkShare,
                Texts.CheckMountsRepositoryPlans);
        }
        finally
        {
            report.Publish(new RunChecked(preparation.Checks) { At = time.GetUtcNow() });
        }
    }
}
