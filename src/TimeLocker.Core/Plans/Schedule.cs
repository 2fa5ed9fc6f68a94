using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Cronos;

namespace TimeLocker.Core.Plans;

/// <summary>When a plan is due, again and again. A slot is one such moment; a slot ends in exactly one of ran, missed, skipped.</summary>
/// <param name="Cron">Five fields: minute, hour, day of the month, month, day of the week ("30 20 * * MON-FRI").</param>
/// <param name="Zone">IANA name ("Europe/Berlin"): the clock that <paramref name="Cron"/> means.</param>
public sealed record Schedule(string Cron, string Zone)
{
    /// <summary>The run begins up to so many minutes after its slot, so that many machines do not begin at once. The same slot always waits as long.</summary>
    public int DelayMinutes { get; init; }

    /// <summary>The slots after one moment, up to and with another, in order. In a gap of the clock a slot moves to the next valid time; in an overlap it comes once.</summary>
    public IEnumerable<DateTimeOffset> Slots(DateTimeOffset after, DateTimeOffset until)
    {
        var zone = ZoneTime.Zone(Zone);
        var cron = CronExpression.Parse(Cron);

        // The times that the clock should show, as if it never jumped; a little earlier, or one would be lost in an overlap.
        var local = DateTime.SpecifyKind(ZoneTime.Local(after, zone).Add(-Overlap), DateTimeKind.Utc);
        for (var last = after; cron.GetNextOccurrence(local) is { } next; local = next)
        {
            var at = ZoneTime.Instant(next, zone);
            if (at > until)
            {
                yield break;
            }

            if (at > last)
            {
                yield return last = at;
            }
        }
    }

    private static readonly TimeSpan Overlap = TimeSpan.FromHours(3);

    /// <summary>How long after this slot its run begins. Chance, but always the same for a plan and a slot: a restart does not draw again.</summary>
    public TimeSpan Delay(Guid plan, DateTimeOffset slot)
    {
        Span<byte> seed = stackalloc byte[24];
        plan.TryWriteBytes(seed);
        BinaryPrimitives.WriteInt64BigEndian(seed[16..], slot.UtcTicks);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(seed, hash);
        return DelayMinutes == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32BigEndian(hash) % (DelayMinutes * 60));
    }
}

/// <summary>When a plan may begin by itself, in the zone of its first schedule, else the server's. Nothing allowed: always. What is blocked wins.</summary>
public sealed record PlanWindows(IReadOnlyList<TimeWindow> Allowed, IReadOnlyList<TimeWindow> Blocked)
{
    public static PlanWindows Always { get; } = new([], []);

    public bool Allow(DateTime local) => !Blocked.Any(w => w.Covers(local)) && (Allowed.Count == 0 || Allowed.Any(w => w.Covers(local)));
}

/// <summary>Which scheduler of the system.</summary>
public enum TimerKind { Systemd, Cron }

/// <summary>A plan that the system's own scheduler starts: <c>timelocker backup</c> is called from outside, TimeLocker only watches that it is.</summary>
public sealed record SystemTimer(TimerKind Kind, bool System, DateTimeOffset InstalledAt)
{
    public DateTimeOffset? CalledAt { get; init; }

    /// <summary>When it rings: the plan's schedules as they were written into it. Empty: nobody knows.</summary>
    public IReadOnlyList<Schedule> Rings { get; init; } = [];
}

/// <summary>When a backup that nobody asked for by hand is left out, with a reason.</summary>
public sealed record RunConditions
{
    public static RunConditions None { get; } = new();

    public bool SkipOnBattery { get; init; }
    public bool SkipOnMetered { get; init; }
}

/// <summary>What happens after a failure that may pass by itself (network, lock). The wait doubles each time.</summary>
public sealed record RetryRules
{
    public static RetryRules Usual { get; } = new();

    /// <summary>0: never again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Times { get; init; } = 3;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int FirstAfterMinutes { get; init; } = 5;

    public static TimeSpan Longest { get; } = TimeSpan.FromHours(6);

    /// <summary>How long to wait after a failure before the next try.</summary>
    /// <param name="failed">Tries that failed before this one; 0: it was the first.</param>
    /// <param name="chance">0 to 1: up to a fifth more, so that what failed together does not come back together.</param>
    public TimeSpan WaitAfter(int failed, double chance)
    {
        var wait = TimeSpan.FromMinutes(FirstAfterMinutes) * Math.Pow(2, Math.Clamp(failed, 0, 20)) * (1 + (0.2 * chance));
        return wait < Longest ? wait : Longest;
    }
}
