namespace TimeLocker.Core.Retention;

/// <summary>A policy to begin with.</summary>
public sealed record PolicyTemplate(string Name, string Title, string Help, RetentionPolicy Policy)
{
    public static IReadOnlyList<PolicyTemplate> All { get; } =
    [
        new("home", "Home", "Every backup of two days, one a day for two weeks, one a week for two months, one a month for a year.", new() { KeepWithin = "2d", KeepDaily = 14, KeepWeekly = 8, KeepMonthly = 12 }),
        new("office", "Office", "Every backup of a week, one a day for a month, one a week for a quarter, one a month for two years.", new() { KeepWithin = "7d", KeepDaily = 31, KeepWeekly = 13, KeepMonthly = 24, PendingDays = 14 }),
        new("accounting", "Seven years for accounting", "One a day for a month, one a month for seven years, and one a year for ten.", new() { KeepDaily = 31, KeepMonthly = 84, KeepYearly = 10, PendingDays = 30 }),
        new("server", "Server", "Every hour for two days, one a day for two weeks, one a week for two months, one a month for half a year.", new() { KeepWithinHourly = "2d", KeepDaily = 14, KeepWeekly = 8, KeepMonthly = 6 }),
        new("small", "Little space", "The last three, one a day for a week and one a week for a month.", new() { KeepLast = 3, KeepDaily = 7, KeepWeekly = 4 }),
    ];

    public static PolicyTemplate Usual => All[0];
}
