using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace TimeLocker.Agent;

/// <summary>A long answer on its way from the thread that finds it to the one that asked.</summary>
internal static class StreamedAnswer
{
    private const int MostAhead = 64;

    /// <summary>
    /// The asker may give up while whatever is asked hangs (a dead share). So it is told to end and not waited for.
    /// </summary>
    /// <param name="keep">Gets the work, which may outlive the reading.</param>
    public static async IAsyncEnumerable<T> PassAsync<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> find, Action<Task> keep, [EnumeratorCancellation] CancellationToken ct)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var way = Channel.CreateBounded<T>(new BoundedChannelOptions(MostAhead) { SingleReader = true, SingleWriter = true });
        keep(Task.Run(() => WriteAsync(find, way.Writer, ending.Token), CancellationToken.None));
        try
        {
            await foreach (var part in way.Reader.ReadAllAsync(ct))
            {
                yield return part;
            }
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whoever reads the answer gets the fault.")]
    private static async Task WriteAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> find, ChannelWriter<T> way,
        CancellationToken ct)
    {
        try
        {
            await foreach (var part in find(ct))
            {
                await way.WriteAsync(part, ct);
            }

            way.Complete();
        }
        catch (Exception fault)
        {
            way.Complete(fault);
        }
    }
}
