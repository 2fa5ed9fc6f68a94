using TimeLocker.Core.Plans;
using TimeLocker.Server.UI;

namespace TimeLocker.Server.Plans;

/// <summary>A plan while it is being typed.</summary>
public sealed class PlanDraft
{
    public string Name { get; set; } = "";
    public Guid RepositoryId { get; set; }
    public IReadOnlyList<string> Sources { get; set; } = [];
    public HashSet<string> Presets { get; } = [];
    public string Excludes { get; set; } = "";
    public string IfPresent { get; set; } = "";
    public string Tags { get; set; } = "";
    public bool ExcludeCaches { get; set; } = true;
    public bool OneFileSystem { get; set; }
    public Compression Compression { get; set; }
    public ResourceDraft Resources { get; private init; } = new();
    public Core.Retention.RetentionPolicy? Retention { get; set; }
    public Guid? PolicyId { get; set; }
    public WhenDraft When { get; private init; } = new();
    public AroundDraft Around { get; private init; } = new();

    // What other pages decide stays as it is.
    private NewPlan rest = new();

    /// <summary>What most people want: no caches, no trash, no temporary files.</summary>
    /// <param name="zone">IANA name: the clock that its schedule means.</param>
    public static PlanDraft Fresh(Guid repository, string zone)
    {
        var draft = new PlanDraft { RepositoryId = repository, When = WhenDraft.Evening(zone), Retention = Core.Retention.PolicyTemplate.Usual.Policy };
        draft.Presets.UnionWith(["caches", "trash", "temporary"]);
        return draft;
    }

    public static PlanDraft Of(BackupPlan plan, string zone) => Of(NewPlan.From(plan), zone);

    public static PlanDraft Of(NewPlan plan, string zone)
    {
        var draft = new PlanDraft
        {
            Name = plan.Name ?? "",
            RepositoryId = plan.RepositoryId,
            Sources = plan.Sources,
            Excludes = string.Join('\n', plan.Excludes),
            IfPresent = string.Join('\n', plan.ExcludeIfPresent),
            Tags = string.Join(", ", plan.Tags),
            ExcludeCaches = plan.ExcludeCaches,
            OneFileSystem = plan.OneFileSystem,
            Compression = plan.Compression,
            Resources = ResourceDraft.Of(plan.Resources ?? Core.Repositories.ResourceRules.None),
            When = WhenDraft.Of(plan.Schedules, plan.Windows ?? PlanWindows.Always, plan.TargetHours, zone),
            Around = AroundDraft.Of(plan),
            rest = plan,
            Retention = plan.Retention,
            PolicyId = plan.PolicyId,
        };
        draft.Presets.UnionWith(plan.ExcludePresets);
        return draft;
    }

    public NewPlan Wanted => Around.In(rest with
    {
        Name = Name,
        RepositoryId = RepositoryId,
        Sources = Sources,
        Excludes = Lines(Excludes),
        ExcludePresets = [.. ExcludePreset.All.Select(p => p.Name).Where(Presets.Contains)],
        ExcludeIfPresent = Lines(IfPresent),
        ExcludeCaches = ExcludeCaches,
        OneFileSystem = OneFileSystem,
        Tags = Tags.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        Compression = Compression,
        Resources = Resources.Wanted,
        Schedules = When.Schedules,
        Windows = When.Wanted,
        TargetHours = When.TargetHours,
        Retention = Retention,
        PolicyId = PolicyId,
    });

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
