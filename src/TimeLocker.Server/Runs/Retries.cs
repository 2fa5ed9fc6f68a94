using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

/// <summary>
/// Which runs are tried again, and which tries that wait are not needed any more. The rules are <see cref="NextTry"/>.
/// </summary>
public sealed class Retries(IDbContextFactory<TimeLockerDb> databases, RunFeed feed, TimeProvider clock)
{
    public static Problem Superseded { get; } = Problems.AnotherTryNotNeeded;

    /// <summary>Written with the end of the run before, or a kill in between loses it.</summary>
    public async Task<Run?> OfAsync(Run run)
    {
        if (!NextTry.MayFollow(run) || feed.Active.Any(other => NextTry.TakesOver(other, run)))
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync();
        return await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == run.PlanId && p.ArchivedAt == null) is { } plan
            ? NextTry.Of(run, plan, clock.GetUtcNow(), Random.Shared.NextDouble())
            : null;
    }

    /// <summary>Tries that wait for their moment, of which a newer run does all.</summary>
    public IEnumerable<Run> TakenOverBy(Run newer) => feed.Active.Where(old =>
        old is { Cause: RunCause.Retry, State: RunState.Queued, NotBefore: { } at } && at > clock.GetUtcNow()
            && NextTry.TakesOver(newer, old));

    /// <summary>Another try was queued in the transaction that writes this end.</summary>
    internal static bool HasNext(TimeLockerDb db, Run run) =>
        db.Runs.Local.Any(r => r.PlanId == run.PlanId && r.Id != run.Id && r is { Cause: RunCause.Retry, HasEnded: false });
}
