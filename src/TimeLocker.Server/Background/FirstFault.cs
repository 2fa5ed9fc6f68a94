using System.Runtime.ExceptionServices;

namespace TimeLocker.Server.Background;

/// <summary>Several things, of which none keeps the others from being done: the first fault is thrown when all are.</summary>
internal sealed class FirstFault
{
    private Exception? first;

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
}
