using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>A backup as its plan is at its turn, with what earlier ones found.</summary>
internal sealed class BackupSpecs(IDbContextFactory<TimeLockerDb> databases) : ISpecBuilder
{
    public async Task<RunSpec?> BuildAsync(Run run, ResticTarget target, CancellationToken ct)
    {
        if (run.Request is not BackupRequest request)
        {
            return null;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        var plan = await db.Plans.AsNoTracking().SingleAsync(p => p.Id == run.PlanId, ct);
        if (UnreadableColumns.In(plan))
        {
            throw new ProblemException(ProblemKind.Failed, Problems.PlanCannotCarriedOut);
        }

        var sources = request.Paths.Count > 0 ? request.Paths : plan.Sources;
        var before = await Expectation.OfAsync(db, plan, sources, ct);
        return new BackupSpec
        {
            RunId = run.Id,
            Target = target,
            Host = await db.Machines.Where(m => m.Id == run.MachineId).Select(m => m.Host).SingleAsync(ct),
            Sources = sources,
            Options = plan.Options with
            {
                Excludes = ExcludePreset.Expand(plan.Options.ExcludePresets, plan.Options.Excludes),
                Tags = [.. plan.Options.Tags.Union(request.Tags)],
                Conditions = run.IsConditional ? plan.Options.Conditions : RunConditions.None,
            },
            Mode = request.Mode,
            Resources = plan.Options.Resources,
            PlanName = plan.Name,
            RepositoryName = await db.Repositories.Where(r => r.Id == run.RepositoryId).Select(r => r.Name).SingleAsync(ct),
            ExpectedBytes = before.Bytes,
            ExpectedFiles = request.EvenIfShrunk ? 0 : before.Files,
            Before = request.EvenIfShrunk ? [] : before.Sources,
            EvenIfShrunk = request.EvenIfShrunk,
            After = before.After,
        };
    }
}
