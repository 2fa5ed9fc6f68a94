using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Core.Runs;

/// <summary>A kind of run: what it is called, what is asked for, what its machine is told.</summary>
public sealed record KindOfRun(RunKind Kind, Type Request, Type? Spec)
{
    /// <summary>As it is called where one is started: "Size".</summary>
    public Text Title { get; } = Texts.KindTitle(Kind.ToString());

    /// <summary>Its discriminator in JSON.</summary>
    public string Word { get; } = JsonNamingPolicy.CamelCase.ConvertName(Kind.ToString());
}

/// <summary>All kinds of runs, a line each.</summary>
public static class RunKinds
{
    public static IReadOnlyList<KindOfRun> All { get; } =
    [
        Kind<BackupRequest, BackupSpec>(RunKind.Backup),
        Kind<RestoreRequest, RestoreSpec>(RunKind.Restore),
        Kind<CheckRequest, CheckSpec>(RunKind.Check),
        Kind<PruneRequest, PruneSpec>(RunKind.Prune),
        Kind<UnlockRequest, UnlockSpec>(RunKind.Unlock),
        Kind<RepairRequest, RepairSpec>(RunKind.Repair),
        Kind<CopyRequest, CopySpec>(RunKind.Copy),
        Kind<StatsRequest, StatsSpec>(RunKind.Stats),
        Kind<ForgetRequest, ForgetSpec>(RunKind.Forget),
        Kind<TagRequest, TagSpec>(RunKind.Tag),
        Kind<RecoverRequest, RecoverSpec>(RunKind.Recover),
        new(RunKind.Unreadable, typeof(UnreadableRequest), null),
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

    private static KindOfRun Kind<TRequest, TSpec>(RunKind kind)
        where TRequest : RunRequest
        where TSpec : RunSpec => new(kind, typeof(TRequest), typeof(TSpec));
}
