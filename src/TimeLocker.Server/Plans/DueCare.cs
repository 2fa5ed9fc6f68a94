using Microsoft.Extensions.Logging;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Plans;

/// <summary>Finds the repositories whose upkeep is due, and has it decided.</summary>
public sealed class DueCare(RepositoryCatalog repositories, CareSlots slots, TimeProvider clock, ILogger<DueCare> log)
{
    private readonly SemaphoreSlim gate = new(1, 1);

    public DateTimeOffset? Next { get; private set; }

    private DateTimeOffset tableReadAt = DateTimeOffset.MaxValue; // never

    /// <summary>As <see cref="DuePlans.CanWait"/>.</summary>
    internal bool CanWait() => clock.GetUtcNow() is var now && (Next is null || Next > now) && now >= tableReadAt;

    public async Task LookAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            var now = clock.GetUtcNow();
            DateTimeOffset? next = null;
            foreach (var place in await repositories.ListAsync(ct))
            {
                var due = NextOf(place, DueSlots.Since(place.CareUntil, now));
                if (due <= now || (place.Care.Count > 0 && DueSlots.IsAhead(place.CareUntil, now)))
                {
                    await DecideAsync(place, ct);
                    due = NextOf(place, now);
                }

                next = due is null || next < due ? next : due;
            }

            (Next, tableReadAt) = (next, now);
        }
        finally
        {
            gate.Release();
        }
    }

    private static DateTimeOffset? NextOf(Repository place, DateTimeOffset after) => place.Care.Select(care => CareSlots.RulesOf(place, care).Next(after)).Min();

    private async Task DecideAsync(Repository place, CancellationToken ct)
    {
        try
        {
            await slots.DecideAsync(place.Id, ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogError(fault, "the upkeep of repository {Repository} could not be decided", place.Id);
        }
    }
}
