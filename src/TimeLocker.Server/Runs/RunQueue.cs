using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>Until when nothing new begins, and who said so.</summary>
/// <param name="By">Actor id of who paused.</param>
public sealed record Pause(DateTimeOffset Until, string By);

/// <summary>A run that has not begun, and why.</summary>
public sealed record Queued(Guid RunId, Text Title, Text Reason);

/// <summary>What waits for its turn, and why.</summary>
/// <param name="MachineCap">How many runs this machine does at a time; machines.list has that of each.</param>
public sealed record QueueState(Pause? Paused, int MachineCap, IReadOnlyList<Queued> Waiting);

/// <summary>
/// The order in which runs begin: turns of their repositories, so many at a time on a machine, and none while all is
/// paused. What is already running continues.
/// </summary>
public sealed class RunQueue(IDbContextFactory<TimeLockerDb> databases, RunFeed feed, AuditLog audit,
    AgentRegistry agents, WallClockTimer alarm, TimeProvider clock) : IDisposable
{
    private const string PauseSetting = "queue.pause";
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(31);

    private readonly Lock gate = new();
    private readonly QueueOrder order = new(Machine.UsualCap);
    private Pause? pause;
    private CancellationTokenSource? ending;

    /// <summary>Paused or resumed, by a person or by the clock.</summary>
    public event Action? Changed;

    public Pause? Paused => pause is { } now && now.Until > clock.GetUtcNow() ? now : null;

    /// <summary>How many runs this machine does at a time.</summary>
    public int MachineCap => order.LimitOf(agents.LocalId);

    /// <summary>What waits for its turn, in that order, and then what waits for its moment or its machine.</summary>
    public QueueState State(Actor who)
    {
        // first: one that enters meanwhile is not there twice
        var others = feed.Active.Where(run => run.State == RunState.Queued).ToList();
        var (turns, present) = (order.Waiting, order.Present);
        return new(Paused, MachineCap,
        [
            .. turns.Select(w => Said(w.Request, w.Reason, who)),
            .. others.Where(run => !present.Contains(run.Id)).Select(run => (run, Why: feed.WaitingFor(run.Id)))
                .Where(w => w.Why is not null)
                .Select(w => Said(QueueRequest.Of(w.run), w.Why!, who)),
        ]);
    }

    private static Queued Said(QueueRequest waits, Text why, Actor who) =>
        new(waits.Id, who.Is(Role.Operator) ? waits.NamedTitle ?? waits.Title : waits.Title, why);

    /// <summary>What was set before the last stop. Before the first run enters.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var machine in await db.Machines.Select(m => new { m.Id, m.Cap }).ToListAsync(ct))
        {
            order.Limit(machine.Id, machine.Cap is >= 1 and <= Machine.LargestCap and var cap ? cap : Machine.UsualCap);
        }

        Set(await db.SettingAsync(PauseSetting, paused => JsonSerializer.Deserialize<Pause>(paused), damaged: null, ct));
    }

    public QueueEntry Enter(QueueRequest request, Action<Text> waits) => order.Enter(request, waits);

    /// <summary>Nothing begins until then.</summary>
    public async Task PauseAsync(DateTimeOffset until, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (until <= clock.GetUtcNow() || until > clock.GetUtcNow() + LongestPause)
        {
            throw ProblemException.Invalid(Texts.CannotPausedUntilThen,
                until <= clock.GetUtcNow() ? Texts.MomentOver : Texts.PauseMonthMostNothing,
                Texts.ChooseLaterMomentNext);
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
    /// <param name="machine">Null: this one.</param>
    public async Task SetMachineCapAsync(int runs, Actor who, Guid? machine = null, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        if (runs is < 1 or > Machine.LargestCap)
        {
            throw ProblemException.Invalid(Problems.MachineCannotDoRuns(runs, Machine.LargestCap, Machine.UsualCap));
        }

        var id = machine ?? agents.LocalId;
        await audit.ChangeAsync(who, "queue.cap-set", async (db, note) =>
        {
            (await db.Machines.SingleOrDefaultAsync(m => m.Id == id, ct)
                ?? throw ProblemException.NotFound(Texts.Machine, Texts.SeeListMachines)).Cap = runs;
            note.About("machine", id, new { runs });
        }, ct);
        order.Limit(id, runs);
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
            order.Hold(Paused is null ? null : Texts.PausedUntil(Local(Paused.Until)));
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
        var (then, today) = (TimeZoneInfo.ConvertTime(at, clock.LocalTimeZone),
            TimeZoneInfo.ConvertTime(clock.GetUtcNow(), clock.LocalTimeZone).Date);
        return then.ToString(then.Date == today ? "HH:mm" : "d MMMM HH:mm", CultureInfo.InvariantCulture);
    }

    private Task SaveAsync(string kind, string name, string? value, object? data, Actor who, CancellationToken ct) =>
        audit.ChangeAsync(who, kind, async (db, note) =>
    {
        await db.SetAsync(name, value, ct);
        note.About("queue", "runs", data);
    }, ct);
}
