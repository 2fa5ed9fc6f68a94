using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>Measuring the repository was asked for.</summary>
public sealed record StatsRequest : RunRequest
{
    public override bool IsUrgent() => true;

    public override bool FailureMatters() => false;

    public override RunSpec Spec(Guid run, ResticTarget target) => new StatsSpec { RunId = run, Target = target };

    public override RepositoryHealth After(RepositoryHealth health, Run run, HealthMark mark)
    {
        var found = run.Result?.Health;
        return health with
        {
            Stats = mark,
            UncompressedBytes = found?.BytesUncompressed ?? health.UncompressedBytes,
            Blobs = found?.Blobs ?? health.Blobs,
        };
    }

    public override IReadOnlyList<Figure> Figures(RunResult result) => result.Health is not { } health ? [] :
    [
        Figure.Bytes("stored", health.BytesStored),
        Figure.Bytes("before compression", health.BytesUncompressed),
        new("pieces", health.Blobs),
    ];
}

public sealed record StatsSpec : RunSpec;
