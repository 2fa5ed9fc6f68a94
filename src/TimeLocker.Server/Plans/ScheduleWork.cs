using TimeLocker.Core;
using TimeLocker.Server.Background;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Plans;

/// <summary>
/// Looks at the start, when something changed, and at the next moment at which something is due. What is due is decided
/// from the database.
/// </summary>
public sealed class ScheduleWork(DuePlans due, DueMaintenance maintenance, PlanCatalog plans,
    RepositoryCatalog repositories, ClockWatch watch, TimeProvider clock) : IBackgroundWork
{
    /// <summary>So soon a clock that was set is noticed. Without a schedule nobody looks.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public string Name => "schedules";

    public Text Does => Texts.ScheduleWorkDoes;

    public void Begin(Action wake)
    {
        plans.Changed += wake;
        repositories.MaintenanceChanged += wake;
    }

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        await watch.NoteAsync(ct); // first: a prune must not begin on a clock that has just jumped
        var faults = new FaultCollector();
        if (asked || !due.CanWait())
        {
            await faults.TryAsync(() => due.LookAsync(ct), ct);
        }

        if (asked || !maintenance.CanWait())
        {
            await faults.TryAsync(() => maintenance.LookAsync(ct), ct);
        }

        var (next, latest) = (((DateTimeOffset?[])[due.Next, maintenance.Next]).Min(), clock.GetUtcNow() + Longest);
        next = next < clock.GetUtcNow() || next > latest ? latest : next;
        faults.Throw(next ?? latest); // what could not be decided is tried again with the others
        return next;
    }
}
