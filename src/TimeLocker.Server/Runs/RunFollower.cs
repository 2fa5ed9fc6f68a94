using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;

namespace TimeLocker.Server.Runs;

/// <summary>
/// A run whose turn has come: its machine begins or joins it, and what it tells is taken down until the end. That may
/// break off, with or without a fault, or come late or twice, while the run goes on there: only <see cref="RunEnded"/>
/// is an end. A machine that is away is waited for.
/// </summary>
public sealed class RunFollower(RunSpecs specs, RunUpdates updates, AgentRegistry agents, RunFeed feed,
    TimeProvider clock, ILogger<RunFollower> log)
{
    /// <summary>So often in a row a machine may break off; whoever told for so long begins anew.</summary>
    private const int MostBreaks = 5;
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UntilNextTry = TimeSpan.FromSeconds(5);

    public static Problem NotBegun { get; } = Problems.RunCancelledNotBegun;

    /// <summary>The run's machine, as soon as it is there.</summary>
    public async Task<IAgent> MachineAsync(Run run, CancellationToken ct)
    {
        if (agents.IsAway(run.MachineId))
        {
            feed.Waits(run, Texts.WaitsMachineWhichNot);
            await agents.UntilConnectedAsync(run.MachineId, ct);
            feed.Waits(run, null);
        }

        return agents.Find(run.MachineId) ?? await MachineAsync(run, ct);
    }

    /// <param name="drive">Called with runs that are to be driven in turn.</param>
    /// <param name="closing">TimeLocker ends: the run is left to its machine.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever breaks the stream: the run is joined again.")]
    public async Task FollowAsync(Run run, Action<Run> drive, CancellationToken closing)
    {
        var agent = await MachineAsync(run, closing);
        if (!await agent.KnowsAsync(run.Id, closing) && WhyNotBegun(run) is { } over)
        {
            await updates.TakeAsync(run, over, drive, closing);
            return;
        }

        var spec = await specs.OfAsync(run, closing);
        run.Apply(new RunStarting { At = clock.GetUtcNow() });
        feed.Publish(run);
        for (var breaks = 0; ;)
        {
            var (since, broken) = (clock.GetTimestamp(), (Exception?)null);
            try
            {
                if (await HearAsync(run, agent, spec, drive, closing))
                {
                    return;
                }
            }
            catch (Exception fault) when (!closing.IsCancellationRequested)
            {
                broken = fault;
            }

            closing.ThrowIfCancellationRequested();
            agent = await MachineAsync(run, closing);
            var known = await agent.KnowsAsync(run.Id, closing);
            if (broken is not null)
            {
                if (!known)
                {
                    ExceptionDispatchInfo.Throw(broken); // it was never begun
                }

                log.LogWarning(broken, "what is told of run {Run} broke off", run.Id);
            }

            breaks = clock.GetElapsedTime(since) > Lasting ? 1 : breaks + 1;
            if (breaks == MostBreaks || !known)
            {
                await updates.TakeAsync(run, await GiveUpAsync(run, agent, closing), drive, closing);
                return;
            }

            await Task.Delay(breaks == 1 ? TimeSpan.Zero : UntilNextTry, clock, closing);
        }
    }

    // Its machine has never begun it. Null: it is to begin now.
    private RunEnded? WhyNotBegun(Run run) =>
        run.CancelledBy is not null ? Ended(RunOutcome.Cancelled, NotBegun)
        : run.State == RunState.Queued ? null
        : Ended(RunOutcome.Interrupted, Problems.RunInterruptedMachineKnows);

    /// <returns>Whether the end has come.</returns>
    private async Task<bool> HearAsync(Run run, IAgent agent, RunSpec spec, Action<Run> drive, CancellationToken closing)
    {
        var events = agent.RunAsync(spec, run.LastSequence, closing);

        // Asked for before the machine knew the run, or before a restart of TimeLocker. From here on
        // RunDriver.CancelAsync reaches it.
        if (run.CancelledBy is not null)
        {
            await agent.StopAsync(run.Id, closing);
        }

        await foreach (var happened in events)
        {
            await updates.TakeAsync(run, happened, drive, closing);
            if (happened is RunEnded)
            {
                return true;
            }
        }

        return false;
    }

    // Nothing goes on behind our back: the turn is given to the next.
    [SuppressMessage("Design", "CA1031", Justification = "A machine that cannot be asked to stop a run costs it no end.")]
    private async Task<RunEnded> GiveUpAsync(Run run, IAgent agent, CancellationToken closing)
    {
        try
        {
            await agent.StopAsync(run.Id, closing);
        }
        catch (Exception fault) when (!closing.IsCancellationRequested)
        {
            log.LogWarning(fault, "run {Run} could not be stopped", run.Id);
        }

        return run.CancelledBy is null
            ? Ended(RunOutcome.Interrupted,
                Problems.RunInterruptedMachineNo)
            : Ended(RunOutcome.Cancelled,
                Problems.RunCancelledMachineDid);
    }

    private RunEnded Ended(RunOutcome outcome, Problem problem) => new(outcome, null, null, problem) { At = clock.GetUtcNow() };
}
