using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace TimeLocker.Server.Background;

/// <summary>Several things, of which none keeps the others from being done: the first fault is thrown when all are.</summary>
internal sealed class FaultCollector
{
    private Exception? first;

    [SuppressMessage("Design", "CA1031", Justification = "It is kept and thrown at the end: the other pieces go on.")]
    public async Task<bool> TryAsync(Func<Task> work, CancellationToken ct)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            Interlocked.CompareExchange(ref first, fault, null);
            return false;
        }
    }

    public void Throw()
    {
        if (Interlocked.Exchange(ref first, null) is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }
    }

    /// <summary>The same where the next run must not wait for the fault to pass: the others have a moment of their own.</summary>
    public void Throw(DateTimeOffset? next)
    {
        if (Interlocked.Exchange(ref first, null) is { } fault)
        {
            throw new PartlyDone(next, fault);
        }
    }
}

/// <summary>Some of a work could not be done, and is tried again with the next run.</summary>
internal sealed class PartlyDone(DateTimeOffset? next, Exception fault) : Exception(fault.Message, fault)
{
    public DateTimeOffset? Next => next;
}
