namespace TimeLocker.Core.Retention;

/// <summary>A policy to begin with.</summary>
public sealed record PolicyTemplate(string Name, Text Title, Text Help, RetentionPolicy Policy)
{
    public static IReadOnlyList<PolicyTemplate> All { get; } =
    [
        new("home", Texts.HomeTemplate, Texts.HomeTemplateHelp,
            new() { KeepWithin = "2d", KeepDaily = 14, KeepWeekly = 8, KeepMonthly = 12 }),
        new("office", Texts.OfficeTemplate, Texts.OfficeTemplateHelp,
            new() { KeepWithin = "7d", KeepDaily = 31, KeepWeekly = 13, KeepMonthly = 24, PendingDays = 14 }),
        new("accounting", Texts.AccountingTemplate, Texts.AccountingTemplateHelp,
            new() { KeepDaily = 31, KeepMonthly = 84, KeepYearly = 10, PendingDays = 30 }),
        new("server", Texts.ServerTemplate, Texts.ServerTemplateHelp,
            new() { KeepWithinHourly = "2d", KeepDaily = 14, KeepWeekly = 8, KeepMonthly = 6 }),
        new("small", Texts.LittleSpaceTemplate, Texts.LittleSpaceTemplateHelp,
            new() { KeepLast = 3, KeepDaily = 7, KeepWeekly = 4 }),
    ];

    public static PolicyTemplate Usual => All[0];
}
