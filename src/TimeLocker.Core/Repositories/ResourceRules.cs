namespace TimeLocker.Core.Repositories;

/// <summary>How much a run gives way to everything else.</summary>
public enum Priority { Normal, Low, Idle }

/// <summary>
/// What a run may take of network, disk and processor. A plan and its repository each have one; the stricter value
/// counts.
/// </summary>
public sealed partial record ResourceRules
{
    public static ResourceRules None { get; } = new();

    /// <summary>KiB a second, 0: no limit. Outside of every <see cref="Windows"/>.</summary>
    public int Upload { get; init; }
    public int Download { get; init; }

    /// <summary>Other limits at certain hours. The first that fits counts.</summary>
    public IReadOnlyList<LimitWindow> Windows { get; init; } = [];

    public Priority Priority { get; init; }

    /// <summary>Files read at once, pack size in MiB, processors used; 0: as restic does.</summary>
    public int ReadConcurrency { get; init; }
    public int PackSize { get; init; }
    public int Processors { get; init; }
}

/// <summary>Limits between two times of some weekdays, in the machine's time zone.</summary>
public sealed record LimitWindow(IReadOnlyList<DayOfWeek> Days, TimeOnly From, TimeOnly To, int Upload = 0,
    int Download = 0) : TimeWindow(Days, From, To);

/// <summary>KiB a second, 0: no limit.</summary>
public readonly record struct Limits(int Upload, int Download)
{
    public static Limits Stricter(Limits a, Limits b) =>
        new(ResourceRules.Least(a.Upload, b.Upload), ResourceRules.Least(a.Download, b.Download));
}
