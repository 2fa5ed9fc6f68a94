using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Background;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Plans;

/// <summary>Finds the repositories whose maintenance is due, and has it decided.</summary>
public sealed class DueMaintenance(RepositoryCatalog repositories, MaintenanceSlots slots, TimeProvider clock)
{
    private readonly SemaphoreSlim gate = new(1, 1);

    public DateTimeOffset? Next { get; private set; }

    private DateTimeOffset tableReadAt = DateTimeOffset.MaxValue; // never
    private bool undecided;

    /// <summary>As <see cref="DuePlans.CanWait"/>.</summary>
    internal bool CanWait() => clock.GetUtcNow() is var now && !undecided && (Next is null || Next > now) && now >= tableReadAt;

    public async Task LookAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            var (now, faults) = (clock.GetUtcNow(), new FaultCollector());
            (DateTimeOffset? next, undecided) = (null, false);
            foreach (var place in await repositories.ListAsync(ct))
            {
                var due = NextOf(place, DueSlots.Since(place.MaintenanceUntil, now));
                if (due <= now || (place.MaintenanceSchedules.Count > 0 && DueSlots.IsAhead(place.MaintenanceUntil, now)))
                {
                    undecided |= !await faults.TryAsync(() => slots.DecideAsync(place.Id, ct), ct);
                    due = NextOf(place, now);
                }

                next = due is null || next < due ? next : due;
            }

            (Next, tableReadAt) = (next, now);
            faults.Throw();
        }
        finally
        {
            gate.Release();
        }
    }

    private static DateTimeOffset? NextOf(Repository place, DateTimeOffset after) =>
        place.MaintenanceSchedules.Select(schedule => MaintenanceSlots.RulesOf(place, schedule).Next(after)).Min();
}
