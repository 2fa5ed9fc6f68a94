namespace TimeLocker.Core.Runs;

/// <summary>Runs in the order in which they were queued, the one way to sort them: their ids say nothing about time.</summary>
public static class RunOrder
{
    public static IQueryable<Run> NewestFirst(this IQueryable<Run> runs) =>
        runs.OrderByDescending(r => r.QueuedAt).ThenByDescending(r => r.Id);

    public static IQueryable<Run> OldestFirst(this IQueryable<Run> runs) => runs.OrderBy(r => r.QueuedAt).ThenBy(r => r.Id);

    public static IEnumerable<Run> OldestFirst(this IEnumerable<Run> runs) => runs.OrderBy(r => r.QueuedAt).ThenBy(r => r.Id);

    /// <summary>
    /// Those that come after a run in a list that has the newest first. The first bound alone is what an index can use.
    /// </summary>
    public static IQueryable<Run> Before(this IQueryable<Run> runs, DateTimeOffset queuedAt, Guid id) =>
        runs.Where(r => r.QueuedAt <= queuedAt && (r.QueuedAt < queuedAt || r.Id.CompareTo(id) < 0));
}
