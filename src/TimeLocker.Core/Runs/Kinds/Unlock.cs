using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs.Kinds;

/// <summary>Removes locks of programs that are gone; never a live one.</summary>
public sealed record UnlockRequest : RunRequest
{
    public override bool IsUrgent() => true;

    public override RunSpec Spec(Guid run, ResticTarget target) => new UnlockSpec { RunId = run, Target = target };

    public override IReadOnlyList<Figure> Figures(RunResult result) => result.Maintenance is not { } maintenance ? [] :
    [
        new(Texts.LocksRemoved, maintenance.LocksRemoved),
        new(Texts.StillHeld, maintenance.Report.Count),
    ];
}

public sealed record UnlockSpec : RunSpec;
