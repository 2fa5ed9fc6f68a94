using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;
using TimeLocker.Core;

namespace TimeLocker.Server.Kit;

/// <summary>
/// What is done because somebody asked for it in a page. A problem is handed back for a ProblemBox. Anything else is a
/// fault of ours: it goes to the log, and is told in words while the page stays as it is, with all that was typed.
/// </summary>
/// <param name="log">Null: there is no page around; faults go on to whoever called.</param>
/// <param name="explain">What the server knows of faults that are not problems yet.</param>
public sealed class Attempt(ILogger? log, Func<Exception, ProblemException?>? explain = null)
{
    public static Attempt Bare { get; } = new(null);

    /// <summary>What the page tells about the last event that failed without words of its own.</summary>
    public Problem? LastProblem { get; private set; }

    public event Action? Changed;

    public async Task<Problem?> ProblemOf(Func<Task> work)
    {
        try
        {
            await work();
            return null;
        }
        catch (Exception fault) when (Known(fault) is not null || Holds(fault))
        {
            return WordsFor(fault);
        }
    }

    /// <summary>Whether this is to be told here; not a page that was left, nor one that leads elsewhere.</summary>
    public bool Holds(Exception fault) =>
        log is not null && fault is not (OperationCanceledException or NavigationException or JSDisconnectedException);

    public void Tell(Exception fault)
    {
        LastProblem = WordsFor(fault);
        Changed?.Invoke();
    }

    public void Forget() => LastProblem = null;

    private ProblemException? Known(Exception fault) => fault as ProblemException ?? explain?.Invoke(fault);

    private Problem WordsFor(Exception fault)
    {
        if (Known(fault) is { } known)
        {
            return known.Problem;
        }

        log!.LogError(fault, "something in a page failed");
        return Problems.SomethingWentWrongOur;
    }
}
