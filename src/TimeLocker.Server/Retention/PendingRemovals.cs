using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Retention;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Retention;

/// <summary>Brings the list of what waits for its removal in line with the policy, inside a change that is under way.</summary>
internal static class PendingRemovals
{
    /// <param name="byHand">An Admin asked for it: then many may go at once, and what stands against it is told.</param>
    /// <returns>Keys that were marked, and that need not go any more.</returns>
    public static async Task<(IReadOnlyList<string> Marked, IReadOnlyList<string> Spared)> MarkAsync(TimeLockerDb db,
        Guid planId, IClockTrust trust, DateTimeOffset now, bool byHand, Guid? copy = null,
        CancellationToken ct = default)
    {
        if (await RetentionState.ReadAsync(db, planId, now, copy, ct) is not { } holding)
        {
            return byHand ? throw RetentionDesk.Unknown(copy) : ([], []);
        }

        var going = holding.Going;
        var keys = going.Select(f => f.Key).ToHashSet();
        var spared = holding.Pending.Values.Where(p => !keys.Contains(p.Snapshot)).ToList();
        db.PendingRemovals.RemoveRange(spared); // also of snapshots that are gone
        if (holding.Blocked(trust) is { } problem)
        {
            return byHand ? throw new ProblemException(ProblemKind.Conflict, problem) : ([], Keys(spared));
        }

        if (!byHand && holding.AsksFirst(going))
        {
            return ([], Keys(spared));
        }

        var marked = keys.Where(key => !holding.Pending.ContainsKey(key)).Select(key => new PendingRemoval
        {
            RepositoryId = holding.Place.Id,
            Snapshot = key,
            PlanId = planId,
            MarkedAt = now,
            RemoveAfter = now.AddDays(holding.Policy!.PendingDays),
        }).ToList();
        db.PendingRemovals.AddRange(marked);
        return (Keys(marked), Keys(spared));
    }

    /// <summary>What the audit trail keeps of a marking.</summary>
    /// <param name="run">The backup that caused it.</param>
    public static object Said(string why, IReadOnlyList<string> marked, IReadOnlyList<string> spared, Guid? run = null,
        Guid? copy = null) => new { why, run, copy, count = marked.Count, marked, spared };

    private static List<string> Keys(IEnumerable<PendingRemoval> of) => [.. of.Select(p => p.Snapshot)];
}
