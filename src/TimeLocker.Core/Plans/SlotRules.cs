using System.Globalization;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Plans;

/// <summary>A slot and how long after it its run begins.</summary>
public readonly record struct PlannedSlot(DateTimeOffset At, TimeSpan Delay);

/// <summary>All that decides when something begins by itself: its schedules, hours and pause. Pure.</summary>
/// <param name="Owner">Seeds the random delays.</param>
/// <param name="Zone">That of <paramref name="Hours"/>.</param>
public sealed record SlotRules(Guid Owner, IReadOnlyList<Schedule> Schedules, PlanWindows Hours,
    DateTimeOffset? PausedUntil, TimeZoneInfo Zone)
{
    // Hours that never allow anything must not be searched for ever.
    private const int MostLooked = 5000;
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(800);

    /// <param name="machine">The zone where no schedule has one.</param>
    public static SlotRules Of(BackupPlan plan, TimeZoneInfo machine) =>
        new(plan.Id, plan.Schedules, plan.Options.Windows, plan.PausedUntil, ZoneOf(plan.Schedules, machine));

    public static TimeZoneInfo ZoneOf(IReadOnlyList<Schedule> schedules, TimeZoneInfo machine) =>
        schedules is [var first, ..] && TimeZoneInfo.TryFindSystemTimeZoneById(first.Zone, out var zone) ? zone : machine;

    /// <summary>Those of all schedules, in order, each moment once.</summary>
    public IEnumerable<PlannedSlot> Slots(DateTimeOffset after, DateTimeOffset until)
    {
        var streams = Schedules.Select(s => (Schedule: s, Slots: s.Slots(after, until).GetEnumerator())).ToList();
        var open = streams.Where(s => s.Slots.MoveNext()).ToList();
        while (open.Count > 0)
        {
            var next = open.MinBy(s => s.Slots.Current);
            var at = next.Slots.Current;
            yield return new(at, next.Schedule.Delay(Owner, at));
            open.RemoveAll(s => s.Slots.Current == at && !s.Slots.MoveNext());
        }
    }

    public DateTimeOffset? Next(DateTimeOffset after) =>
        Slots(after, after + Ahead).Select(s => (DateTimeOffset?)s.At).FirstOrDefault();

    public bool Allows(DateTimeOffset at) => Hours.Allow(ZoneTime.Local(at, Zone));

    /// <summary>
    /// A slot outside the hours waits for their beginning when that is on the same day and no other slot stands for it:
    /// none before the beginning, and none within the hours for the rest of the day. Null: it is left out.
    /// </summary>
    public DateTimeOffset? Opening(DateTimeOffset slot)
    {
        if (OpensOn(slot) is not { } opening)
        {
            return null;
        }

        var midnight = ZoneTime.Instant(ZoneTime.Local(slot, Zone).Date.AddDays(1), Zone);
        return Slots(slot, midnight.AddTicks(-1)).Any(other => other.At <= opening || Allows(other.At)) ? null : opening;
    }

    /// <summary>The run of a slot if that is decided now; null: too late, and not today any more.</summary>
    public RunSlot? Begin(PlannedSlot slot, DateTimeOffset now)
    {
        var from = Allows(slot.At) ? slot.At : Opening(slot.At) ?? slot.At;
        var late = now - from > DueSlots.Grace;
        if (late && !Allows(now))
        {
            if (OpensOn(now) is not { } opening)
            {
                return null;
            }

            from = opening;
        }

        // A delay must not carry it out of the hours.
        var begin = from + slot.Delay is var delayed && Allows(delayed) ? delayed : from;
        return new(slot.At, late ? RunCause.CatchUp : RunCause.Schedule, begin > now ? begin : null);
    }

    /// <summary>The next moments at which something will begin, delays left out.</summary>
    public IReadOnlyList<DateTimeOffset> Upcoming(DateTimeOffset after, int count)
    {
        var from = PausedUntil > after ? PausedUntil.Value.AddTicks(-1) : after;
        return from > DateTimeOffset.MaxValue - Ahead ? []
            : [.. Slots(from, from + Ahead).Take(MostLooked).Select(s => Allows(s.At) ? s.At : Opening(s.At))
                .OfType<DateTimeOffset>().Take(count)];
    }

    /// <summary>
    /// What will begin, delays included, if nobody is late and nothing takes too long: each slot as it is decided at
    /// its moment.
    /// </summary>
    public IEnumerable<DateTimeOffset> Begins(DateTimeOffset after, DateTimeOffset until) => PausedUntil > until ? [] :
        Slots(after, until).Select(slot => DueSlots.Decide(this, [slot], slot.At, busy: false).Run).OfType<RunSlot>()
            .Select(run => run.NotBefore ?? run.At).Where(at => at <= until).Order();

    /// <summary>
    /// The same for a plan that a timer of the system starts: a call outside the hours is left out, and does not wait
    /// for their beginning.
    /// </summary>
    public IEnumerable<DateTimeOffset> Calls(DateTimeOffset after, DateTimeOffset until) =>
        Slots(after, until).Select(slot => slot.At).Where(at => !(PausedUntil > at) && Allows(at));

    public string Say(DateTimeOffset at) => ZoneTime.Local(at, Zone).ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    // The first allowed minute later on the same day.
    private DateTimeOffset? OpensOn(DateTimeOffset at)
    {
        var local = ZoneTime.Local(at, Zone);
        var edges = Hours.Allowed.Select(w => w.From).Concat(Hours.Blocked.Select(w => w.To)).Distinct().Order();
        return edges.Select(edge => ZoneTime.Instant(local.Date + edge.ToTimeSpan(), Zone))
            .Where(edge => edge > at && Allows(edge)).Select(edge => (DateTimeOffset?)edge).FirstOrDefault();
    }
}
