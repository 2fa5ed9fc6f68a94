using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Server.Plans;

/// <summary>A plan as it is wanted: for a new one and for an edit.</summary>
public sealed record NewPlan
{
    public string? Name { get; init; }
    public Guid RepositoryId { get; init; }
    public Guid? MachineId { get; init; }
    public IReadOnlyList<string> Sources { get; init; } = [];
    public IReadOnlyList<string> Excludes { get; init; } = [];
    public IReadOnlyList<string> ExcludePresets { get; init; } = [];
    public IReadOnlyList<string> ExcludeIfPresent { get; init; } = [];
    public bool ExcludeCaches { get; init; } = true;
    public bool OneFileSystem { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public Compression Compression { get; init; }
    public ResourceRules? Resources { get; init; }
    public CommandSource? Command { get; init; }
    public IReadOnlyList<Hook> Hooks { get; init; } = [];
    public IReadOnlyList<Schedule> Schedules { get; init; } = [];
    public PlanWindows? Windows { get; init; }
    public IReadOnlyList<PlanTrigger> Triggers { get; init; } = [];
    public RunConditions? Conditions { get; init; }
    public RetryRules? Retries { get; init; }
    public int? TargetHours { get; init; }
    public RetentionPolicy? Retention { get; init; }
    public Guid? PolicyId { get; init; }

    /// <summary>The one that this was made from. 0: it takes the place of whatever is there.</summary>
    public int? Revision { get; init; }

    public static NewPlan From(BackupPlan plan) => new()
    {
        Name = plan.Name,
        RepositoryId = plan.RepositoryId,
        MachineId = plan.MachineId,
        Sources = plan.Sources,
        Excludes = plan.Excludes,
        ExcludePresets = plan.ExcludePresets,
        ExcludeIfPresent = plan.ExcludeIfPresent,
        ExcludeCaches = plan.ExcludeCaches,
        OneFileSystem = plan.OneFileSystem,
        Tags = plan.Tags,
        Compression = plan.Compression,
        Resources = plan.Resources,
        Command = plan.Command,
        Hooks = plan.Hooks,
        Schedules = plan.Schedules,
        Windows = plan.Windows,
        Triggers = plan.Triggers,
        Conditions = plan.Conditions,
        Retries = plan.Retries,
        TargetHours = plan.TargetHours,
        Retention = plan.Retention,
        PolicyId = plan.PolicyId,
    };
}
