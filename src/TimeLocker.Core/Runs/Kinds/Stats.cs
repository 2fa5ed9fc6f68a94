using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>Measuring the repository was asked for.</summary>
public sealed record StatsRequest : RunRequest
{
    public override bool IsUrgent() => true;

    public override bool FailureMatters() => false;

    public override RunSpec Spec(Guid run, ResticTarget target) => new StatsSpec { RunId = run, Target = target };

    public override MaintenanceRecord After(MaintenanceRecord maintenance, Run run, MaintenanceMark mark)
    {
        var found = run.Result?.Maintenance;
        return maintenance with
        {
            Stats = mark,
            UncompressedBytes = found?.BytesUncompressed ?? maintenance.UncompressedBytes,
            Blobs = found?.Blobs ?? maintenance.Blobs,
        };
    }

    public override IReadOnlyList<Figure> Figures(RunResult result) => result.Maintenance is not { } maintenance ? [] :
    [
        Figure.Bytes(Texts.Stored, maintenance.BytesStored),
        Figure.Bytes(Texts.BeforeCompression, maintenance.BytesUncompressed),
        new(Texts.Pieces, maintenance.Blobs),
    ];
}

public sealed record StatsSpec : RunSpec;
