using System.Buffers.Binary;
using System.Security.Cryptography;
using Cronos;
using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Schedules;

/// <summary>
/// When a plan is due, again and again. A slot is one such moment; a slot ends in exactly one of ran, missed, skipped.
/// </summary>
/// <param name="Cron">Five fields: minute, hour, day of the month, month, day of the week ("30 20 * * MON-FRI").</param>
/// <param name="Zone">IANA name ("Europe/Berlin"): the clock that <paramref name="Cron"/> means.</param>
public sealed record Schedule(string Cron, string Zone)
{
    /// <summary>
    /// The run begins up to so many minutes after its slot, so that many machines do not begin at once. The same slot
    /// always waits as long.
    /// </summary>
    public int DelayMinutes { get; init; }

    /// <summary>
    /// The slots after one moment, up to and with another, in order. In a gap of the clock a slot moves to the next
    /// valid time; in an overlap it comes once.
    /// </summary>
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

    /// <summary>
    /// How long after this slot its run begins. Chance, but always the same for a plan and a slot: a restart does not
    /// draw again.
    /// </summary>
    public TimeSpan Delay(Guid plan, DateTimeOffset slot)
    {
        Span<byte> seed = stackalloc byte[24];
        plan.TryWriteBytes(seed);
        BinaryPrimitives.WriteInt64BigEndian(seed[16..], slot.UtcTicks);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(seed, hash);
        return DelayMinutes == 0 ? TimeSpan.Zero
            : TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32BigEndian(hash) % (DelayMinutes * 60));
    }
}

/// <summary>
/// When a plan may begin by itself, in the zone of its first schedule, else the server's. Nothing allowed: always. What
/// is blocked wins.
/// </summary>
public sealed record PlanWindows(IReadOnlyList<TimeWindow> Allowed, IReadOnlyList<TimeWindow> Blocked)
{
    public static PlanWindows Always { get; } = new([], []);

    public bool Allow(DateTime local) =>
        !Blocked.Any(w => w.Covers(local)) && (Allowed.Count == 0 || Allowed.Any(w => w.Covers(local)));
}
