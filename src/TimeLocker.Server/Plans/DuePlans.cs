using TimeLocker.Core.Plans;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Background;

namespace TimeLocker.Server.Plans;

/// <summary>
/// Finds the plans that are due, from the plans table, and has their slots decided. It does not know when to look: the
/// scheduler says.
/// </summary>
public sealed class DuePlans(PlanCatalog plans, SlotDesk slots, IEnumerable<IExternalStarter> outside,
    AgentRegistry agents, TimeProvider clock)
    : IScheduleHealth
{
    private static readonly TimeSpan ReadAtLeast = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim gate = new(1, 1);

    public DateTimeOffset? Next { get; private set; }

    public DateTimeOffset? LookedAt { get; private set; }

    private DateTimeOffset tableReadAt;
    private bool undecided;

    /// <summary>Decides all slots up to now.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            var (now, faults) = (clock.GetUtcNow(), new FaultCollector());
            (DateTimeOffset? next, undecided) = (null, false);
            foreach (var plan in await plans.ListAsync(ct))
            {
                var due = NextOf(plan, plan.ScheduledUntil);
                if (due <= now || DueSlots.IsAhead(plan.ScheduledUntil, now))
                {
                    // One that cannot be decided holds up none of the others, and stays due: its watermark has not moved.
                    undecided |= !await faults.TryAsync(() => DecideAsync(plan, now, ct), ct);
                    due = NextOf(plan, now);
                }

                next = due is null || next < due ? next : due;
            }

            (Next, LookedAt, tableReadAt) = (next, now, now);
            faults.Throw();
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>
    /// Whether a look at the table could find nothing: its next moment is not there yet, and the clock was not put
    /// back.
    /// </summary>
    internal bool CanWait()
    {
        var now = clock.GetUtcNow();
        if (undecided || !(Next is null || Next > now) || now < tableReadAt || now - tableReadAt > ReadAtLeast)
        {
            return false;
        }

        LookedAt = now;
        return true;
    }

    /// <summary>The next moments at which a plan will begin; an empty list if it never does by itself.</summary>
    public IReadOnlyList<DateTimeOffset> Upcoming(BackupPlan plan, int count) =>
        plan.ArchivedAt is null ? SlotRules.Of(plan, agents.ZoneOf(plan.MachineId)).Upcoming(clock.GetUtcNow(), count) : [];

    private DateTimeOffset? NextOf(BackupPlan plan, DateTimeOffset after) =>
        plan.Timer is not null ? outside.Select(o => o.Next(plan)).Min()
            : SlotRules.Of(plan, agents.ZoneOf(plan.MachineId)).Next(DueSlots.Since(after, clock.GetUtcNow()));

    private async Task DecideAsync(BackupPlan plan, DateTimeOffset now, CancellationToken ct)
    {
        if (plan.Timer is null)
        {
            await slots.DecideAsync(plan.Id, ct);
            return;
        }

        foreach (var one in outside)
        {
            await one.DecideAsync(plan, now, ct);
        }
    }
}
