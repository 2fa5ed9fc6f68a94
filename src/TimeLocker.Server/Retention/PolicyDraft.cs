using TimeLocker.Core.Plans;
using TimeLocker.Core.Retention;

namespace TimeLocker.Server.Retention;

/// <summary>Rules while they are being typed.</summary>
public sealed class PolicyDraft
{
    public int[] Counts { get; private init; } = new int[6];
    public string[] Withins { get; private init; } = ["", "", "", "", "", ""];
    public string Tags { get; set; } = "";
    public int PendingDays { get; set; } = 7;

    public bool HasDetails => Withins.Skip(1).Any(w => w.Length > 0) || Tags.Length > 0 || Counts[1] > 0;

    public static PolicyDraft Of(RetentionPolicy policy) => new()
    {
        Counts = [.. policy.Counts.Select(c => c.Count)],
        Withins = [.. policy.Withins.Select(w => w.Within)],
        Tags = string.Join(", ", policy.KeepTags),
        PendingDays = policy.PendingDays,
    };

    public RetentionPolicy Wanted => new()
    {
        KeepLast = Counts[0],
        KeepHourly = Counts[1],
        KeepDaily = Counts[2],
        KeepWeekly = Counts[3],
        KeepMonthly = Counts[4],
        KeepYearly = Counts[5],
        KeepWithin = Withins[0],
        KeepWithinHourly = Withins[1],
        KeepWithinDaily = Withins[2],
        KeepWithinWeekly = Withins[3],
        KeepWithinMonthly = Withins[4],
        KeepWithinYearly = Withins[5],
        KeepTags = Tags.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        PendingDays = PendingDays,
    };
}
