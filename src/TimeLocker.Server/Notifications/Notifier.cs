using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Notifications;
using TimeLocker.Server.Data;
using Wakes = System.Threading.Channels.Channel;

namespace TimeLocker.Server.Notifications;

/// <summary>
/// Delivers the outbox, and sends signs of life. It sleeps until a notice is written, a channel is changed or the next try is due.
/// Each channel has a worker of its own while it has something to do: a slow one holds up no other.
/// </summary>
public sealed class Notifier(Outbox outbox, NoticeBook book, ChannelCatalog channels, NoticeWriter writer, LifeSigns life, TimeProvider clock, ILogger<Notifier> log) : BackgroundService
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(10), AfterFault = TimeSpan.FromMinutes(1);

    private readonly System.Threading.Channels.Channel<bool> wakes = Wakes.CreateBounded<bool>(new System.Threading.Channels.BoundedChannelOptions(1) { FullMode = System.Threading.Channels.BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<Guid, Task> working = [];
    private readonly ConcurrentDictionary<Guid, Holding> held = [];
    private readonly Dictionary<Guid, DateTimeOffset> pinged = [];

    // Taken by the receiver, and not yet written down (a full disk): not to be sent again.
    private readonly ConcurrentDictionary<Guid, bool> taken = [];

    /// <summary>A channel that takes nothing now is left alone for a while, whatever else waits for it.</summary>
    private sealed record Holding(int Failures, DateTimeOffset Until);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        book.Written += Wake;
        channels.Changed += Release;
        try
        {
            await TryAsync(() => outbox.RejoinAsync(stoppingToken), stoppingToken);
            while (true)
            {
                DateTimeOffset? next = null;
                var well = await TryAsync(async () => next = await LookAsync(stoppingToken), stoppingToken);
                await SleepAsync(well ? next : clock.GetUtcNow() + AfterFault, stoppingToken);
            }
        }
        finally
        {
            book.Written -= Wake;
            channels.Changed -= Release;
            await Task.WhenAll(working.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Wake(Notice notice) => wakes.Writer.TryWrite(true);

    private void Release(Guid channel)
    {
        held.TryRemove(channel, out _);
        wakes.Writer.TryWrite(true);
    }

    /// <summary>Starts a worker for each channel that has something to do now.</summary>
    /// <returns>When to look again.</returns>
    private async Task<DateTimeOffset?> LookAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        List<DateTimeOffset> later = [];
        foreach (var (channel, due) in await outbox.DueAsync(ct))
        {
            var from = held.TryGetValue(channel, out var holding) && holding.Until > due ? holding.Until : due;
            if (from > now)
            {
                later.Add(from);
            }
            else
            {
                Work(channel, () => DeliverAsync(channel, ct), ct);
            }
        }

        later.AddRange(await PingAsync(now, ct));
        return later.Count == 0 ? null : later.Min();
    }

    private void Work(Guid channel, Func<Task> work, CancellationToken ct)
    {
        if (working.TryGetValue(channel, out var running) && !running.IsCompleted)
        {
            return;
        }

        working[channel] = Task.Run(async () =>
        {
            if (!await TryAsync(work, ct))
            {
                held[channel] = new(1, clock.GetUtcNow() + AfterFault);
            }

            working.TryRemove(channel, out _);
            wakes.Writer.TryWrite(true); // what came in the meantime, and when to look again
        }, CancellationToken.None);
    }

    private async Task DeliverAsync(Guid channel, CancellationToken ct)
    {
        while (!held.TryGetValue(channel, out var holding) || holding.Until <= clock.GetUtcNow())
        {
            if (await outbox.NextAsync(channel, ct) is not { } next)
            {
                return;
            }

            if (next.Notice.Level < NoticeLevel.Error && QuietTime.End(next.Channel.QuietHours, clock.GetUtcNow(), clock.LocalTimeZone) is { } end)
            {
                await outbox.PostponeAsync(next, end, ct);
                continue;
            }

            await SendAsync(next, ct);
        }
    }

    private async Task SendAsync(Outgoing next, CancellationToken ct)
    {
        try
        {
            if (!taken.ContainsKey(next.Item.Id))
            {
                await outbox.BeginAsync(next, ct);
                await channels.SendAsync(next.Channel, writer.Of(next.Notice, next.Subject), CancellationToken.None); // a stop lets it end, so that its end is known
                taken[next.Item.Id] = true;
            }
        }
        catch (ProblemException fault) when (!WriteTrouble.Is(fault)) // a full disk is no fault of the channel
        {
            if (fault.Kind == ProblemKind.Unavailable)
            {
                var failures = held.GetValueOrDefault(next.Channel.Id)?.Failures + 1 ?? 1;
                held[next.Channel.Id] = new(failures, clock.GetUtcNow() + Outbox.PauseAfter(failures));
            }

            log.LogWarning("{Key} was not taken by the channel {Channel}: {Why}", next.Notice.Key, next.Channel.Id, fault.Problem.Why);
            await outbox.FailedAsync(next, fault);
            return;
        }

        held.TryRemove(next.Channel.Id, out _);
        await outbox.SentAsync(next);
        taken.TryRemove(next.Item.Id, out _);
    }

    /// <summary>Signs of life of the channels that are to send them, while there is life.</summary>
    private async Task<IReadOnlyList<DateTimeOffset>> PingAsync(DateTimeOffset now, CancellationToken ct)
    {
        List<DateTimeOffset> later = [];
        foreach (var channel in (await channels.ListAsync(Actor.System, ct)).Where(c => c.Enabled && AliveMinutes(c) > 0))
        {
            var next = pinged.TryGetValue(channel.Id, out var last) ? last + TimeSpan.FromMinutes(AliveMinutes(channel)) : now;
            if (next <= now)
            {
                pinged[channel.Id] = now;
                next = now + TimeSpan.FromMinutes(AliveMinutes(channel));
                if (life.Alive)
                {
                    _ = TryAsync(() => PingAsync(channel, ct), ct);
                }
            }

            later.Add(next);
        }

        return later;
    }

    private async Task PingAsync(Channel channel, CancellationToken ct)
    {
        Problem? trouble = null;
        try
        {
            await channels.SendAsync(channel, writer.Alive(channel.Id), ct);
        }
        catch (ProblemException fault)
        {
            trouble = fault.Problem;
        }

        await outbox.NoteAsync(channel.Id, trouble);
    }

    private static int AliveMinutes(Channel channel) => int.TryParse(channel.Values.GetValueOrDefault(ChannelFields.AliveMinutes.Name), out var minutes) ? minutes : 0;

    private async Task SleepAsync(DateTimeOffset? until, CancellationToken ct)
    {
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var woken = wakes.Reader.WaitToReadAsync(awake.Token).AsTask();
        if (until is { } at)
        {
            var wait = at - clock.GetUtcNow();
            var timer = Task.Delay(wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestSleep ? LongestSleep : wait, clock, awake.Token);
            await Task.WhenAny(woken, timer);
        }
        else
        {
            await Task.WhenAny(woken);
        }

        await awake.CancelAsync();
        ct.ThrowIfCancellationRequested();
        wakes.Reader.TryRead(out _);
    }

    // A full disk, a locked database: said once, tried again later. Nothing may end this loop but the end of the server.
    private async Task<bool> TryAsync(Func<Task> work, CancellationToken ct)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogError(fault, "messages could not be looked after");
            return false;
        }
    }
}
