using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs;

/// <summary>Works out what a machine is told, for a kind of run whose request does not say it all.</summary>
public interface ISpecBuilder
{
    /// <returns>Null: this run is of another kind.</returns>
    Task<RunSpec?> BuildAsync(Run run, ResticTarget target, CancellationToken ct);
}

/// <summary>
/// What a run's machine is told, worked out when its turn has come: what was before may have changed ids and passwords.
/// </summary>
public sealed class RunSpecs(IDbContextFactory<TimeLockerDb> databases, RepositoryCatalog repositories,
    RepositoryAccess access, IEnumerable<ISpecBuilder> builders)
{
    private const int Looked = 20;

    public async Task<RunSpec> OfAsync(Run run, CancellationToken ct)
    {
        var repository = await repositories.GetAsync(run.RepositoryId, ct);
        var target = await access.TargetAsync(repository, ct);
        var spec = run.Request.Spec(run.Id, target) ?? await BuildAsync(run, target, ct);
        return spec with
        {
            Resources = await StrictestAsync(run, repository, spec.Resources, ct),
            Expected = run.Request.CountsFiles() ? null : await LastTookAsync(run, ct),
        };
    }

    private async Task<RunSpec> BuildAsync(Run run, ResticTarget target, CancellationToken ct)
    {
        foreach (var builder in builders)
        {
            if (await builder.BuildAsync(run, target, ct) is { } spec)
            {
                return spec;
            }
        }

        throw new InvalidOperationException($"no spec for {run.Request.GetType().Name}");
    }

    // The limits of every repository that it uses.
    private async Task<ResourceRules> StrictestAsync(Run run, Repository own, ResourceRules strictest, CancellationToken ct)
    {
        foreach (var use in run.Request.Uses(own.Id))
        {
            var used = use.Repository == own.Id ? own : await repositories.GetAsync(use.Repository, ct);
            strictest = ResourceRules.Stricter(strictest, used.Resources);
        }

        return strictest;
    }

    private async Task<TimeSpan?> LastTookAsync(Run run, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var last = await db.Runs.AsNoTracking()
            .Where(r => r.RepositoryId == run.RepositoryId && r.Kind == run.Kind && r.Outcome == RunOutcome.Succeeded)
            .NewestFirst()
            .Take(Looked)
            .ToListAsync(ct);
        return last.Where(r => r.DryRun == run.DryRun && run.Request.IsLike(r.Request))
            .Select(r => r.EndedAt - r.StartedAt).FirstOrDefault();
    }
}
