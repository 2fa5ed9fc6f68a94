using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Background;

/// <summary>One work and what became of it. Whatever it throws is logged and remembered, and ends nothing.</summary>
public sealed class WorkRunner(IBackgroundWork work, TimeProvider clock, ILogger log)
{
    /// <summary>A full disk passes by itself, and then all goes on; a fault of the work mostly does not.</summary>
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5), LongestOnTrouble = TimeSpan.FromMinutes(1),
        LongestOnFault = TimeSpan.FromMinutes(10);

    /// <summary>What runs for longer than this hangs, and what was not begun so long after its moment will not be.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(6), Patience = TimeSpan.FromMinutes(5);

    private volatile WorkState state = new(work.Name,
        work.Does)
    { Next = work.FirstAt > DateTimeOffset.MinValue ? work.FirstAt : null };
    private volatile bool wanted;
    private string? said;

    public WorkState State => state with { Running = state.Running || wanted };

    public string Name => work.Name;

    public DateTimeOffset FirstAt => work.FirstAt;

    /// <summary>It was woken, and whoever rings it has to.</summary>
    internal event Action? Woken;

    /// <summary>Another state.</summary>
    internal event Action? Changed;

    internal void Begin() => work.Begin(Wake);

    public void Wake()
    {
        wanted = true;
        Woken?.Invoke();
    }

    internal bool StandsStill(DateTimeOffset now) =>
        state is { Running: true, LastRun: { } began } ? now - began > LongestRun
            : state.Next is { } due && now - due > Patience;

    /// <returns>When it is to run again; null: when it is woken.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "A fault of one work ends no other; it is told and tried again.")]
    internal async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        var (before, began) = (state, clock.GetUtcNow());
        wanted = false;
        Set(before with { Running = true, LastRun = began });
        try
        {
            var next = await work.RunAsync(asked || before.FailedInARow > 0, ct);
            Set(state with { Next = next, FailedInARow = 0 });
            if (before.FailedInARow > 0)
            {
                said = null;
                log.LogInformation("“{Work}” is in order again after {Times} tries", Name, before.FailedInARow);
            }
        }
        catch (PartlyDone partly) when (!ct.IsCancellationRequested)
        {
            Failed(partly.InnerException!, before, partly.Next);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            var wait = WaitAfter(before.FailedInARow, WriteFailure.Is(fault) ? LongestOnTrouble : LongestOnFault);
            Failed(fault, before, clock.GetUtcNow() + wait);
        }
        catch (Exception) when (ct.IsCancellationRequested)
        {
            Set(state with { Next = null }); // the server stops
        }

        Set(state with { Running = false, LastSeconds = (clock.GetUtcNow() - began).TotalSeconds });
        return state.Next;
    }

    [SuppressMessage("Design", "CA1031", Justification = "A stop goes on, whatever a work leaves behind.")]
    internal async Task EndAsync()
    {
        try
        {
            await work.EndAsync();
        }
        catch (Exception fault)
        {
            log.LogError(fault, "what “{Work}” left behind did not end well", Name);
        }
    }

    private static TimeSpan WaitAfter(int failures, TimeSpan longest) =>
        FirstWait * Math.Pow(2, Math.Min(failures, 10)) is var wait && wait < longest ? wait : longest;

    private static Problem Explained(Exception fault) => (fault as ProblemException)?.Problem
        ?? Problems.EndedFaultTextTried(fault.GetType().Name, fault.Message.AsForeign());

    private void Failed(Exception fault, WorkState before, DateTimeOffset? next)
    {
        Set(state with
        {
            Next = next,
            FailedInARow = before.FailedInARow + 1,
            FaultAt = clock.GetUtcNow(),
            Fault = Explained(fault),
        });
        Say(fault);
    }

    // Once, however often it is tried.
    private void Say(Exception fault)
    {
        if (said == fault.Message)
        {
            return;
        }

        said = fault.Message;
        if (WriteFailure.Is(fault))
        {
            log.LogWarning("“{Work}” could not be done and is tried again: {Reason}", Name, fault.Message);
        }
        else
        {
            log.LogError(fault, "“{Work}” ended with a fault and is tried again", Name);
        }
    }

    private void Set(WorkState next)
    {
        state = next;
        Changed?.Invoke();
    }
}
