using System.Threading.Channels;

namespace TimeLocker.Server.Background;

/// <summary>Ends somebody's sleep. Whoever rings twice before they are up has rung once.</summary>
internal sealed class WakeSignal
{
    private readonly Channel<bool> rings =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Ring() => rings.Writer.TryWrite(true);

    /// <summary>Until somebody rings, or the other is over, or <paramref name="ct"/>.</summary>
    /// <returns>Whether somebody rang.</returns>
    public async Task<bool> SleepAsync(Func<CancellationToken, Task> other, CancellationToken ct)
    {
        using var up = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(rings.Reader.WaitToReadAsync(up.Token).AsTask(), other(up.Token));
        await up.CancelAsync();
        return rings.Reader.TryRead(out _);
    }
}
