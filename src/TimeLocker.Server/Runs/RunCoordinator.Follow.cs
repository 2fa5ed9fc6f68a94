using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>A run whose turn has come: what its machine tells of it is taken down, until it has ended.</summary>
public sealed partial class RunCoordinator
{
    /// <summary>So often in a row a machine may break off; whoever told for so long begins anew.</summary>
    private const int MostBreaks = 5;
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);

    private async Task WorkAsync(Run run)
    {
        var agent = agents.Find(run.MachineId);
        if (run.CancelledBy is not null && !agent.Knows(run.Id))
        {
            await EndAsync(run, RunOutcome.Cancelled, NotBegun);
        }
        else if (run.State != RunState.Queued && !agent.Knows(run.Id))
        {
            await EndAsync(run, RunOutcome.Interrupted, new("The run was interrupted.", "Its machine knows nothing of it any more.", "Start it again."));
        }
        else
        {
            await FollowAsync(run, agent);
        }
    }

    // What a machine tells may break off, with or without a fault, while the run goes on there. So it is joined again.
    private async Task FollowAsync(Run run, IAgent agent)
    {
        var spec = await SpecAsync(run, closing.Token);
        run.Apply(new RunStarting { At = clock.GetUtcNow() });
        feed.Publish(run);
        for (var breaks = 0; ;)
        {
            var since = clock.GetTimestamp();
            try
            {
                if (await HearAsync(run, agent, spec))
                {
                    return;
                }
            }
            catch (Exception fault) when (!closing.IsCancellationRequested && agent.Knows(run.Id))
            {
                log.LogWarning(fault, "what is told of run {Run} broke off", run.Id);
            }

            closing.Token.ThrowIfCancellationRequested();
            breaks = clock.GetElapsedTime(since) > Lasting ? 1 : breaks + 1;
            if (breaks == MostBreaks || !agent.Knows(run.Id))
            {
                await GiveUpAsync(run, agent);
                return;
            }

            await Task.Delay(breaks == 1 ? TimeSpan.Zero : UntilNextTry, clock, closing.Token);
        }
    }

    /// <returns>Whether the end has come.</returns>
    private async Task<bool> HearAsync(Run run, IAgent agent, RunSpec spec)
    {
        var events = agent.RunAsync(spec, run.LastSequence, closing.Token);

        // Asked for before the machine knew the run, or before a restart of TimeLocker. From here on CancelAsync reaches it.
        if (run.CancelledBy is not null)
        {
            await agent.StopAsync(run.Id, closing.Token);
        }

        await foreach (var happened in events)
        {
            await TakeAsync(run, happened);
            if (happened is RunEnded)
            {
                return true;
            }
        }

        return false;
    }

    // Nothing goes on behind our back: the turn is given to the next.
    private async Task GiveUpAsync(Run run, IAgent agent)
    {
        try
        {
            await agent.StopAsync(run.Id, closing.Token);
        }
        catch (Exception fault) when (!closing.IsCancellationRequested)
        {
            log.LogWarning(fault, "run {Run} could not be stopped", run.Id);
        }

        await (run.CancelledBy is null
            ? EndAsync(run, RunOutcome.Interrupted,
                new("The run was interrupted.", "Its machine no longer says what becomes of it.", "Look at its log, then start it again."))
            : EndAsync(run, RunOutcome.Cancelled,
                new("The run was cancelled.", "Its machine did not say how far it came.", "Start it again when you want it.")));
    }
}
