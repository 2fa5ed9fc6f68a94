using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Core.Runs;

/// <summary>A kind of run: what it is called, what is asked for, what its machine is told.</summary>
/// <param name="Title">As it is called where one is started: "Size".</param>
public sealed record KindOfRun(RunKind Kind, string Title, Type Request, Type? Spec)
{
    /// <summary>Its discriminator in JSON.</summary>
    public string Word { get; } = JsonNamingPolicy.CamelCase.ConvertName(Kind.ToString());
}

/// <summary>All kinds of runs, a line each.</summary>
public static class RunKinds
{
    public static IReadOnlyList<KindOfRun> All { get; } =
    [
        Kind<BackupRequest, BackupSpec>(RunKind.Backup, "Backup"),
        Kind<RestoreRequest, RestoreSpec>(RunKind.Restore, "Restore"),
        Kind<CheckRequest, CheckSpec>(RunKind.Check, "Check"),
        Kind<PruneRequest, PruneSpec>(RunKind.Prune, "Prune"),
        Kind<UnlockRequest, UnlockSpec>(RunKind.Unlock, "Unlock"),
        Kind<RepairRequest, RepairSpec>(RunKind.Repair, "Repair"),
        Kind<CopyRequest, CopySpec>(RunKind.Copy, "Copy"),
        Kind<StatsRequest, StatsSpec>(RunKind.Stats, "Size"),
        Kind<ForgetRequest, ForgetSpec>(RunKind.Forget, "Removal of snapshots"),
        Kind<TagRequest, TagSpec>(RunKind.Tag, "Change of tags"),
        Kind<RecoverRequest, RecoverSpec>(RunKind.Recover, "Recovery of lost snapshots"),
        new(RunKind.Unreadable, "Unreadable", typeof(UnreadableRequest), null),
    ];

    private static readonly Dictionary<Type, KindOfRun> ByRequest = All.ToDictionary(kind => kind.Request);
    private static readonly Dictionary<RunKind, KindOfRun> ByKind = All.ToDictionary(kind => kind.Kind);

    public static KindOfRun Of(RunRequest request) => ByRequest[request.GetType()];

    public static KindOfRun Of(RunKind kind) => ByKind[kind];

    /// <summary>Names requests and specs in JSON by their kind: for the resolver of whoever reads or writes them.</summary>
    public static void Name(JsonTypeInfo type)
    {
        if (type.Type == typeof(RunRequest))
        {
            type.PolymorphismOptions = Options(All.Select(kind => (kind.Request, kind.Word)));
        }
        else if (type.Type == typeof(RunSpec))
        {
            type.PolymorphismOptions = Options(All.Where(kind => kind.Spec is not null).Select(kind => (kind.Spec!, kind.Word)));
        }
    }

    private static JsonPolymorphismOptions Options(IEnumerable<(Type Type, string Word)> kinds)
    {
        var options = new JsonPolymorphismOptions();
        foreach (var (type, word) in kinds)
        {
            options.DerivedTypes.Add(new(type, word));
        }

        return options;
    }

    private static KindOfRun Kind<TRequest, TSpec>(RunKind kind, string title)
        where TRequest : RunRequest
        where TSpec : RunSpec => new(kind, title, typeof(TRequest), typeof(TSpec));
}
