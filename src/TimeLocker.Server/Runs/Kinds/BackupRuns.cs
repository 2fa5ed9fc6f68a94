using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>A backup to be made.</summary>
public sealed record NewRun
{
    public BackupMode Mode { get; init; }

    /// <summary>For a partial backup: which of the plan's sources.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Also when the sources lost more than half of their files since the last snapshot.</summary>
    public bool EvenIfShrunk { get; init; }

    /// <summary>Tags of this run's snapshot, beside those of the plan.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    // Said by TimeLocker itself, never from outside: what started it, the slot that it answers, and what happened.
    internal RunCause? Cause { get; init; }
    internal DateTimeOffset? Slot { get; init; }
    internal DateTimeOffset? NotBefore { get; init; }
    internal Text? Why { get; init; }
}

/// <summary>Backups of plans.</summary>
public sealed class BackupRuns(IDbContextFactory<TimeLockerDb> databases, RunDesk runs, TimeProvider clock)
{
    public async Task<Run> StartAsync(Guid planId, NewRun wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var plan = await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == planId && p.ArchivedAt == null, ct)
            ?? throw ProblemException.NotFound(Texts.Plan, Texts.SeeListPlans);
        if (wanted.Paths.FirstOrDefault(p => !plan.Sources.Contains(p)) is { } strange)
        {
            throw ProblemException.Invalid(Problems.NotSourcePartialBackup(strange.AsName(), plan.Name, plan.Sources.AsNames()));
        }

        if (wanted.Mode == BackupMode.Partial && wanted.Paths.Count == 0)
        {
            throw ProblemException.Invalid(Problems.PartialBackupNothingNo(plan.Sources.AsNames()));
        }

        var request = new BackupRequest(wanted.Mode, wanted.Paths)
        {
            EvenIfShrunk = wanted.EvenIfShrunk,
            Tags = TagRules.Checked(wanted.Tags),
            Why = wanted.Why,
        };
        var cause = wanted.Cause ?? RepositoryRun.CauseOf(who);
        var run = PlanRun.Of(plan, request, cause, who, clock.GetUtcNow(), wanted.Slot, wanted.NotBefore);
        return await runs.StartAsync(run, who, ct);
    }
}
