using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Schedules;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Server.Plans;

/// <summary>A plan as it is wanted: for a new one and for an edit.</summary>
public sealed record NewPlan
{
    public string? Name { get; init; }
    public Guid RepositoryId { get; init; }
    public Guid? MachineId { get; init; }
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>How it backs up.</summary>
    [Flat(NullIsUsual = true)]
    public BackupOptions Options { get; init; } = new();
    public IReadOnlyList<Schedule> Schedules { get; init; } = [];
    public IReadOnlyList<PlanTrigger> Triggers { get; init; } = [];
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
        Options = plan.Options,
        Schedules = plan.Schedules,
        Triggers = plan.Triggers,
        TargetHours = plan.TargetHours,
        Retention = plan.Retention,
        PolicyId = plan.PolicyId,
    };
}
