using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Retention;

namespace TimeLocker.Server.Retention;

public sealed partial class RetentionDesk
{
    /// <summary>What will exist on each day of the coming year, if every backup is made when it is due.</summary>
    public async Task<RetentionCalendar> CalendarAsync(Guid plan, DateOnly? day, RetentionPolicy? other,
        bool everything = false, CancellationToken ct = default)
    {
        const int year = 366;
        var holding = await ReadAsync(plan, null, ct);
        var today = DateOnly.FromDateTime(holding.Now.UtcDateTime);
        if (day is { } asked && (asked < today || asked >= today.AddDays(year)))
        {
            throw ProblemException.Invalid(Problems.NotInComingYear(TextArgument.Of(asked, "yyyy-MM-dd")));
        }

        var policy = everything ? null : other?.Checked() ?? holding.Policy;
        var slots = holding.Plan.ArchivedAt is null ? Begins(holding.Plan, holding.Now, holding.Now.AddDays(year)) : [];
        var pinned =
            holding.Snapshots.Where(s => holding.PlanPin is not null || holding.Pins.Contains(RetentionState.Key(s)))
                .Select(s => s.Id).ToHashSet();
        var pending = holding.Snapshots.Where(s => holding.Pending.ContainsKey(RetentionState.Key(s)))
            .ToDictionary(s => s.Id, s => holding.Pending[RetentionState.Key(s)].RemoveAfter);
        var days = RetentionForecast.Days(holding.Place.AppendOnly ? null : policy,
            holding.Snapshots.Select(s => RetentionState.AsKept(s))
                .Select(k => new Kept<string?>(k.Item.Id, k.Time, k.Tags, k.Series)),
            slots, new(null, default, holding.Plan.Options.Tags, holding.Series), pending, pinned, holding.Now, year).ToList();
        return new([.. days.Select(d => new CalendarDay(d.Day, d.Snapshots.Count))],
            days.FirstOrDefault(d => d.Day == day), Math.Round(slots.Count / (double)year, 2));
    }

    // As they will really begin: within the plan's hours, after its pause. Of a plan that begins all the time, one
    // every five minutes shows the same.
    private List<DateTimeOffset> Begins(BackupPlan plan, DateTimeOffset from, DateTimeOffset until)
    {
        var rules = SlotRules.Of(plan, agents.ZoneOf(plan.MachineId));
        List<DateTimeOffset> begins = [];
        foreach (var at in plan.Timer is null ? rules.Begins(from, until) : rules.Calls(from, until))
        {
            if (begins.Count == 0 || at - begins[^1] >= TimeSpan.FromMinutes(5))
            {
                begins.Add(at);
            }
        }

        return begins;
    }
}
