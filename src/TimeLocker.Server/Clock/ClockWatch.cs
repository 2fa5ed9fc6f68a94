using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Clock;

/// <summary>This machine’s clock, and whether it can be right.</summary>
/// <param name="Doubt">Why the clock is not trusted, or null.</param>
public sealed record ClockState(DateTimeOffset Now, string Zone, Problem? Doubt);

/// <summary>
/// Compares the wall clock with the kernel's count of seconds since it booted, which nobody can set and which counts
/// sleep, too. After a jump of more than a day nothing is removed until a person has looked: snapshots would be judged
/// by a wrong age.
/// </summary>
public sealed class ClockWatch(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, TimeProvider clock) : IClockTrust
{
    internal const string NotedSetting = "clock.noted", DoubtSetting = "clock.doubt";
    private static readonly TimeSpan Jump = TimeSpan.FromHours(24), KeptEvery = TimeSpan.FromHours(1);

    /// <summary>Whether the computer was off so long or its clock is wrong cannot be told any more.</summary>
    private static readonly TimeSpan LongOff = TimeSpan.FromDays(45);

    private readonly SemaphoreSlim gate = new(1, 1);
    private Noted? last;
    private DateTimeOffset keptAt;
    private bool loaded;

    /// <param name="Boot">Of the kernel: tells two times since boot apart.</param>
    internal sealed record Noted(DateTimeOffset Wall, string Boot, TimeSpan Up);

    /// <summary>Boot id and time since boot; null where the system does not say.</summary>
    internal Func<(string Boot, TimeSpan Up)?> Kernel { get; set; } = AskKernel;

    /// <summary>The clock jumped: nothing is removed until an Admin trusts it.</summary>
    public Problem? Doubt { get; private set; }

    public ClockState State => new(clock.GetUtcNow(), clock.LocalTimeZone.Id, Doubt);

    /// <exception cref="ProblemException">of kind Conflict.</exception>
    public void MustBeTrusted()
    {
        if (Doubt is { } doubt)
        {
            throw new ProblemException(ProblemKind.Conflict, Texts.NothingRemovedWhileClock,
                Text.Of([doubt.What, doubt.Why]), doubt.Next);
        }
    }

    /// <summary>Called at the start and by each look of the scheduler. Cheap; writes once an hour.</summary>
    public async Task NoteAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            await LoadAsync(ct);
            var now = new Noted(clock.GetUtcNow(), "", TimeSpan.Zero);
            now = Kernel() is { } kernel ? now with { Boot = kernel.Boot, Up = kernel.Up } : now;
            var doubt = last is null || Doubt is not null ? null : Compare(last, now);
            last = now;
            if (doubt is not null || now.Wall - keptAt > KeptEvery || now.Wall < keptAt)
            {
                keptAt = now.Wall;
                await KeepAsync(now, doubt, ct);
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>A person has looked: the clock is right now.</summary>
    public async Task<ClockState> TrustAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        if (Doubt is not null)
        {
            await audit.ChangeAsync(who, "clock.trusted", async (db, note) =>
            {
                await db.SetAsync(DoubtSetting, null, ct);
                note.About("clock", "wall", new { now = clock.GetUtcNow() });
            }, ct);
            Doubt = null;
        }

        return State;
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        if (loaded)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        last = await db.SettingAsync(NotedSetting, noted => JsonSerializer.Deserialize<Noted>(noted), damaged: null, ct);
        Doubt = await db.SettingAsync(DoubtSetting, doubt => JsonSerializer.Deserialize<Problem>(doubt), damaged: Forgotten, ct);
        (keptAt, loaded) = (last?.Wall ?? DateTimeOffset.MinValue, true);
    }

    private async Task KeepAsync(Noted now, Problem? doubt, CancellationToken ct)
    {
        await audit.TouchAsync(db => db.SetAsync(NotedSetting, JsonSerializer.Serialize(now), ct), ct);
        if (doubt is null)
        {
            return;
        }

        Doubt = doubt; // at once, even if it cannot be written
        await audit.ChangeAsync(Actor.System, "clock.doubted", async (db, note) =>
        {
            await db.SetAsync(DoubtSetting, JsonSerializer.Serialize(doubt), ct);
            note.About("clock", "wall", new { why = doubt.Why.Full });
        }, ct);
    }

    private static Problem? Compare(Noted before, Noted now)
    {
        var wall = now.Wall - before.Wall;
        var known = before.Boot.Length > 0 && before.Boot == now.Boot;
        var off = known ? wall - (now.Up - before.Up) : wall;
        return known && off.Duration() > Jump
            ? Said(before, now, off > TimeSpan.Zero ? Texts.JumpedForward(Words(off)) : Texts.PutBack(Words(-off)))
            : !known && wall < -Jump ? Said(before, now, Texts.PutBack(Words(-wall)))
            : !known && wall > LongOff ? Said(before, now, Texts.FurtherComputerOffLong(Words(wall)))
            : null;
    }

    private static Problem Said(Noted before, Noted now, Text what) =>
        InDoubt(Texts.ShowedWhenLastLooked(what, Show(before.Wall), Show(now.Wall)));

    private static Problem Forgotten => InDoubt(Texts.WhyCannotReadAny);

    private static Problem InDoubt(Text why) => new(Texts.ClockServerInDoubt, why,
        Texts.SetClockIfWrong);

    private static string Show(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Words(TimeSpan span) => span.TotalDays < 2 ? $"{span.TotalHours:0} hours" : $"{span.TotalDays:0} days";

    private static (string Boot, TimeSpan Up)? AskKernel()
    {
        try
        {
            var up = File.ReadAllText("/proc/uptime").Split(' ')[0];
            return (File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(),
                TimeSpan.FromSeconds(double.Parse(up, CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
