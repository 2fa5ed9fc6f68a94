namespace TimeLocker.Core;

/// <summary>
/// Hours of some weekdays. A window with <c>From &gt;= To</c> goes beyond midnight and belongs to the day it begins on;
/// with the same time twice it lasts a whole day.
/// </summary>
public record TimeWindow(IReadOnlyList<DayOfWeek> Days, TimeOnly From, TimeOnly To)
{
    public bool Covers(DateTime local)
    {
        var time = TimeOnly.FromDateTime(local);
        return From < To
            ? Days.Contains(local.DayOfWeek) && time >= From && time < To
            : (Days.Contains(local.DayOfWeek) && time >= From) || (Days.Contains(local.AddDays(-1).DayOfWeek) && time < To);
    }
}
