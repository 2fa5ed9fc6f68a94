namespace TimeLocker.Core.Snapshots;

public static class PointInTime
{
    /// <summary>
    /// The state as it was at a moment: the newest snapshot not later than it, or null when there is none that old.
    /// </summary>
    public static Snapshot? At(IEnumerable<Snapshot> snapshots, DateTimeOffset moment) =>
        snapshots.Where(s => s.Time <= moment).MaxBy(s => s.Time);
}
