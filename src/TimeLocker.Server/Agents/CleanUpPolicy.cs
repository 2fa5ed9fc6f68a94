using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Revisions;

namespace TimeLocker.Server.Agents;

/// <summary>How long what is kept. 0 is for ever, or without a limit.</summary>
public sealed record CleanUpPolicy
{
    public static CleanUpPolicy Default { get; } = new();

    /// <summary>Removes nothing by age or size.</summary>
    internal static CleanUpPolicy Nothing { get; } = new() { LogDays = 0, LogCount = 0 };

    /// <summary>
    /// Logs of runs that ended longer ago are removed, and of the others all but the newest <see cref="LogCount"/>.
    /// </summary>
    public int LogDays { get; init; } = 90;
    public int LogCount { get; init; } = 2000;

    /// <summary>What restic's caches may take on a machine; beyond it the least lately used go.</summary>
    public long CacheMiB { get; init; }

    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public CleanUpPolicy Checked() =>
        LogDays is >= 0 and <= 36_500 && LogCount is >= 0 and <= 1_000_000 && CacheMiB is >= 0
            and <= long.MaxValue >> 20
        ? this
        : throw ProblemException.Invalid(Problems.TheseRulesCleaningUp);
}

/// <summary>What to clean up.</summary>
/// <param name="Restores">Folders of interrupted restores to be removed, of those that are offered.</param>
public sealed record NewCleanUp(bool DryRun = false, IReadOnlyList<string>? Restores = null);

/// <summary>What was removed, or in a dry run would be. Of a long list the largest are kept; the figures count all.</summary>
public sealed record CleanUpReport(DateTimeOffset At, string By, bool DryRun, int Count, long Bytes, IReadOnlyList<Freed> Freed)
{
    public const int MostKept = 200;

    public static CleanUpReport Of(DateTimeOffset at, string by, bool dryRun, IReadOnlyList<Freed> freed) =>
        new(at, by, dryRun, freed.Count, freed.Sum(f => f.Bytes), [.. freed.OrderByDescending(f => f.Bytes).Take(MostKept)]);
}

/// <summary>How things stand: what there is that could go some time, what would go now, what went the last time.</summary>
/// <param name="Held">Bytes of each kind: cache, temporary, log.</param>
/// <param name="Restores">Folders of restores that were cut off; they go only when a person says so.</param>
public sealed record CleanUpState(
    CleanUpPolicy Policy,
    IReadOnlyDictionary<string, long> Held,
    CleanUpReport Due,
    IReadOnlyList<Freed> Restores,
    CleanUpReport? Last)
    : IRevised
{
    /// <summary>Of the policy.</summary>
    public int Revision { get; init; }
}
