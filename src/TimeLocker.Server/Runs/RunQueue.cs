using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>Until when nothing new begins, and who said so.</summary>
/// <param name="By">Actor id of who paused.</param>
public sealed record Pause(DateTimeOffset Until, string By);

/// <summary>A run that has not begun, and why.</summary>
public sealed record Queued(Guid RunId, string Title, string Reason);

/// <summary>What waits for its turn, and why.</summary>
public sealed record QueueState(Pause? Paused, int MachineCap, IReadOnlyList<Queued> Waiting);

/// <summary>The order in which runs begin: turns of their repositories, so many at a time on a machine, and none while all is paused. What goes on already goes on.</summary>
public sealed class RunQueue(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, WallAlarm alarm, TimeProvider clock) : IDisposable
{
    /// <summary>restic uses all processors and one disk; a third run makes the others wait. Two, so that a slow place does not hold up a fast one.</summary>
    public const int UsualCap = 2;
    public const int LargestCap = 32;

    private const string PauseSetting = "queue.pause", CapSetting = "queue.machine-cap";
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(31);

    private readonly Lock gate = new();
    private readonly QueueOrder order = new();
    private Pause? pause;
    private CancellationTokenSource? ending;

    /// <summary>Paused or resumed, by a person or by the clock.</summary>
    public event Action? Changed;

    public Pause? Paused => pause is { } now && now.Until > clock.GetUtcNow() ? now : null;

    public int MachineCap { get; private set; } = UsualCap;

    public QueueState State(Actor who) => new(Paused, MachineCap, [.. order.Waiting.Select(w => Said(w.Request, w.Reason, who))]);

    private static Queued Said(QueueRequest waits, string why, Actor who) =>
        new(waits.Id, who.Is(Role.Operator) ? waits.NamedTitle ?? waits.Title : waits.Title, why);

    /// <summary>What was set before the last stop. Before the first run enters.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        MachineCap = await db.SettingAsync(CapSetting, CapOf, damaged: null, ct) ?? UsualCap;
        order.Limit(MachineCap);
        Set(await db.SettingAsync(PauseSetting, paused => JsonSerializer.Deserialize<Pause>(paused), damaged: null, ct));
    }

    private static int? CapOf(string stored) =>
        int.Parse(stored, CultureInfo.InvariantCulture) is >= 1 and <= LargestCap and var cap ? cap : throw new FormatException("no such number of runs");

    public QueueEntry Enter(QueueRequest request, Action<string> waits) => order.Enter(request, waits);

    /// <summary>Nothing begins until then.</summary>
    public async Task PauseAsync(DateTimeOffset until, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (until <= clock.GetUtcNow() || until > clock.GetUtcNow() + LongestPause)
        {
            throw ProblemException.Invalid("It cannot be paused until then.", until <= clock.GetUtcNow() ? "This moment is over." : "A pause is for a month at the most: nothing is saved while it lasts.", "Choose a later moment of the next days.");
        }

        var next = new Pause(until.ToUniversalTime(), who.Id);
        await SaveAsync("queue.paused", PauseSetting, JsonSerializer.Serialize(next), new { until = next.Until }, who, ct);
        Set(next);
    }

    public async Task ResumeAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await SaveAsync("queue.resumed", PauseSetting, null, null, who, ct);
        Set(null);
    }

    /// <summary>How many runs a machine does at a time.</summary>
    public async Task SetMachineCapAsync(int runs, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        if (runs is < 1 or > LargestCap)
        {
            throw ProblemException.Invalid($"A machine cannot do {runs} runs at a time.", $"It is a number from 1 to {LargestCap}.", $"Choose another one; {UsualCap} is usual.");
        }

        await SaveAsync("queue.cap-set", CapSetting, runs.ToString(CultureInfo.InvariantCulture), new { runs }, who, ct);
        MachineCap = runs;
        order.Limit(runs);
    }

    public void Dispose() => ending?.Dispose();

    private void Set(Pause? next)
    {
        lock (gate)
        {
            ending?.Cancel();
            ending?.Dispose();
            pause = next;
            ending = Paused is null ? null : new();
            _ = Paused is { } now ? EndAsync(now, ending!.Token) : null;
            order.Hold(Paused is null ? null : $"Paused until {Local(Paused.Until)}.");
        }

        Changed?.Invoke();
    }

    private async Task EndAsync(Pause paused, CancellationToken ct)
    {
        await alarm.UntilAsync(paused.Until, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ct.IsCancellationRequested)
        {
            Set(pause); // over by now, or another one
        }
    }

    private string Local(DateTimeOffset at)
    {
        var (then, today) = (TimeZoneInfo.ConvertTime(at, clock.LocalTimeZone), TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone).Date);
        return then.ToString(then.Date == today ? "HH:mm" : "d MMMM HH:mm", CultureInfo.InvariantCulture);
    }

    private Task SaveAsync(string kind, string name, string? value, object? data, Actor who, CancellationToken ct) => audit.ChangeAsync(who, kind, async (db, note) =>
    {
        await db.SetAsync(name, value, ct);
        note.About("queue", "runs", data);
    }, ct);
}
