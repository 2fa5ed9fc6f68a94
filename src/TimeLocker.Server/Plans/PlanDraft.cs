using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Plans;

/// <summary>A plan while it is being typed.</summary>
public sealed class PlanDraft
{
    public string Name { get; set; } = "";
    public Guid RepositoryId { get; set; }
    public IReadOnlyList<string> Sources { get; set; } = [];

    /// <summary>All that one field sets at once. What takes several is a draft of its own.</summary>
    public BackupOptions Options { get; set; } = new();
    public ResourceDraft Resources { get; private init; } = new();
    public Core.Retention.RetentionPolicy? Retention { get; set; }
    public Guid? PolicyId { get; set; }
    public ScheduleDraft When { get; private init; } = new();

    // What other pages decide stays as it is.
    private NewPlan rest = new();

    /// <summary>What most people want: no caches, no trash, no temporary files.</summary>
    /// <param name="zone">IANA name: the clock that its schedule means.</param>
    public static PlanDraft Fresh(Guid machine, Guid repository, string zone) => new()
    {
        rest = new() { MachineId = machine },
        RepositoryId = repository,
        When = ScheduleDraft.Evening(zone),
        Retention = Core.Retention.PolicyTemplate.Usual.Policy,
        Options = new() { ExcludePresets = ["caches", "trash", "temporary"] },
    };

    public static PlanDraft Of(BackupPlan plan, string zone) => Of(NewPlan.From(plan), zone);

    public static PlanDraft Of(NewPlan plan, string zone) => new()
    {
        Name = plan.Name ?? "",
        RepositoryId = plan.RepositoryId,
        Sources = plan.Sources,
        Options = plan.Options,
        Resources = ResourceDraft.Of(plan.Options.Resources),
        When = ScheduleDraft.Of(plan.Schedules, plan.Options.Windows, plan.TargetHours, zone),
        rest = plan,
        Retention = plan.Retention,
        PolicyId = plan.PolicyId,
    };

    public NewPlan Wanted => rest with
    {
        Name = Name,
        RepositoryId = RepositoryId,
        Sources = Sources,
        Options = Options with { Resources = Resources.Wanted, Windows = When.Wanted },
        Schedules = When.Schedules,
        TargetHours = When.TargetHours,
        Retention = Retention,
        PolicyId = PolicyId,
    };
}
