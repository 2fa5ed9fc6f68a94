using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Core.Plans;

/// <summary>Rows of runs that a plan begins.</summary>
public static class PlanRun
{
    /// <summary>What its schedule begins.</summary>
    public static BackupRequest Usual { get; } = new(BackupMode.Incremental, []);

    /// <param name="id">Null: that of the slot, or a new one where there is none.</param>
    public static Run Of(BackupPlan plan, BackupRequest request, RunCause cause, Actor who, DateTimeOffset now,
        DateTimeOffset? slot = null, DateTimeOffset? notBefore = null, Guid? id = null, int attempt = 0) => new()
        {
            Id = id ?? (slot is { } at ? RunId.OfSlot(plan.Id, at) : Guid.CreateVersion7(now)),
            Kind = RunKind.Backup,
            Cause = cause,
            PlanId = plan.Id,
            RepositoryId = plan.RepositoryId,
            MachineId = plan.MachineId,
            Title = Text.Verbatim(plan.Name),
            RequestedBy = who.Id,
            Request = request,
            Slot = slot,
            NotBefore = notBefore,
            Attempt = attempt,
            QueuedAt = now,
        };
}
