using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Notices;

/// <summary>
/// Delivers the outbox, and sends signs of life. It sleeps until a notice is written, a channel is changed or the next try is due.
/// Each channel has a worker of its own while it has something to do: a slow one holds up no other.
/// </summary>
public sealed class NoticeDelivery(Outbox outbox, NoticeBook book, ChannelCatalog channels, NoticeWriter writer,
    Heartbeat heartbeat, TimeProvider clock, ILogger<NoticeDelivery> log) : IBackgroundWork
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Task> working = [];
    private readonly ConcurrentDictionary<Guid, Pause> held = [];
    private readonly Dictionary<Guid, DateTimeOffset> pinged = [];
    private readonly FaultCollector faults = new();
    private Action wake = () => { };
    private bool joined;

    // Taken by the receiver, and not yet written down (a full disk): not to be sent again.
    private readonly ConcurrentDictionary<Guid, bool> taken = [];

    /// <summary>A channel that takes nothing now is left alone for a while, whatever else waits for it.</summary>
    private sealed record Pause(int Failures, DateTimeOffset Until);

    public string Name => "messages";

    public Text Does => Texts.NoticeDeliveryDoes;

    public void Begin(Action wake)
    {
        this.wake = wake;
        book.Written += _ => wake();
        channels.Changed += channel =>
        {
            held.TryRemove(channel, out _);
            wake();
        };
    }

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        if (!joined)
        {
            await outbox.RejoinAsync(ct);
            joined = true;
        }

        var next = await LookAsync(ct);
        faults.Throw(); // what a worker met meanwhile
        return next;
    }

    public async Task EndAsync() => await Task.WhenAll(working.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

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
            wake(); // what came in the meantime, and when to look again
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

            if (next.Notice.Level < NoticeLevel.Error
                && QuietHoursRules.End(next.Channel.QuietHours, clock.GetUtcNow(), clock.LocalTimeZone) is { } end)
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
                // a stop lets it end, so that its end is known
                await channels.SendAsync(next.Channel, writer.Of(next.Notice, next.Subject), CancellationToken.None);
                taken[next.Item.Id] = true;
            }
        }
        catch (ProblemException refusal) when (!WriteFailure.Is(refusal)) // a full disk is no fault of the channel
        {
            if (refusal.Kind == ProblemKind.Unavailable)
            {
                var failures = held.GetValueOrDefault(next.Channel.Id)?.Failures + 1 ?? 1;
                held[next.Channel.Id] = new(failures, clock.GetUtcNow() + Outbox.PauseAfter(failures));
            }

            log.LogWarning("{Key} was not taken by the channel {Channel}: {Why}", next.Notice.Key, next.Channel.Id,
                refusal.Problem.Why.Full);
            await outbox.FailedAsync(next, refusal);
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
        foreach (var channel in (await channels.ListAsync(Actor.System, ct)).Where(c => c.Enabled))
        {
            if (channels.AliveEvery(channel) is not { } every)
            {
                continue;
            }

            var next = pinged.TryGetValue(channel.Id, out var last) ? last + every : now;
            if (next <= now)
            {
                pinged[channel.Id] = now;
                next = now + every;
                if (heartbeat.Alive)
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
        catch (ProblemException refusal)
        {
            trouble = refusal.Problem;
        }

        await outbox.NoteAsync(channel.Id, trouble);
    }

    // A full disk, a locked database: said by the next run, and tried again later.
    private async Task<bool> TryAsync(Func<Task> work, CancellationToken ct)
    {
        var well = await faults.TryAsync(work, ct);
        if (!well)
        {
            wake();
        }

        return well;
    }
}
