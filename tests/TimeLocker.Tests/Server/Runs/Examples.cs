using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Tests.Server.Runs;

internal static class Examples
{
    public static DateTimeOffset Noon { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Run Run(Guid? repository = null, string title = "Documents", Guid? plan = null, Guid? machine = null,
        RunRequest? request = null, RunKind kind = RunKind.Backup) => new()
        {
            Id = Guid.CreateVersion7(Noon),
            Kind = kind,
            Cause = RunCause.Person,
            RepositoryId = repository ?? Guid.NewGuid(),
            MachineId = machine ?? Guid.NewGuid(),
            PlanId = plan,
            Title = Text.Verbatim(title),
            RequestedBy = "u_1",
            Request = request ?? new BackupRequest(BackupMode.Incremental, []),
            QueuedAt = Noon,
        };

    public static RunEnded End(RunOutcome outcome, string? snapshot = null, RunResult? result = null) =>
        new(outcome, snapshot, result, null) { At = Noon };
}
