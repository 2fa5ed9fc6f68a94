using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Feeds;

/// <summary>What runs when, for a calendar: each backup that is due in the next two weeks is one event.</summary>
public sealed class CalendarFeed(PlanCatalog plans, RepositoryCatalog repositories, DuePlans due, PublicAddress address,
    TimeProvider clock)
{
    /// <summary>One an hour; a plan that runs more often fills its hours anyway.</summary>
    private const int Most = 14 * 24;

    private static readonly TimeSpan Ahead = TimeSpan.FromDays(14), Usual = TimeSpan.FromMinutes(15);

    /// <param name="only">A plan; null: all of them.</param>
    public async Task<string> WriteAsync(Guid? only, CancellationToken ct)
    {
        var all = (await plans.ListAsync(ct)).Where(p => only is null || p.Id == only).ToList();
        if (only is not null && all.Count == 0)
        {
            throw ProblemException.NotFound(Texts.Plan, Texts.SeeListPlans);
        }

        var names = (await repositories.ListAsync(ct)).ToDictionary(r => r.Id, r => r.Name);
        var until = clock.GetUtcNow() + Ahead;
        return IcsText.Write(only is null ? Texts.Backups : Texts.BackupsOf(all[0].Name), from plan in all
                                                                                          from slot in due.Upcoming(plan, Most)
                                                                                              .TakeWhile(s => s <= until)
                                                                                          orderby slot
                                                                                          select Event(plan, slot,
                                                                                              names.GetValueOrDefault(
                                                                                                  plan.RepositoryId, "?")));
    }

    private IcsEvent Event(BackupPlan plan, DateTimeOffset slot, string place) =>
        new($"{plan.Id:N}-{slot.ToUnixTimeSeconds()}@timelocker", plan.CreatedAt, slot, Usual, Texts.BackUp(plan.Name),
            Texts.ToRepository(place), $"{address.Links}/plans/{plan.Id}");
}
