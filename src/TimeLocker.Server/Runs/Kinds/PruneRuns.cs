using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>Freeing space.</summary>
public sealed record NewPrune
{
    /// <summary>Share of unused data that may stay, percent; null: restic's own choice.</summary>
    public int? MaxUnused { get; init; }

    /// <summary>At most so much is loaded and stored anew; null: no limit.</summary>
    public long? MaxRepackMiB { get; init; }
    public bool DryRun { get; init; }
}

/// <summary>Removes data that no snapshot needs.</summary>
public sealed class PruneRuns(RepositoryCatalog repositories, RunDesk runs, ClockWatch clockWatch)
{
    public async Task<Run> StartAsync(Guid repository, NewPrune wanted, Actor who, CancellationToken ct = default)
    {
        var request = new PruneRequest(wanted.MaxUnused, wanted.MaxRepackMiB, wanted.DryRun);
        who.MustBe(request.MinimumRole());
        if (wanted.MaxUnused is < 0 or > 100 || wanted.MaxRepackMiB is < 0)
        {
            throw ProblemException.Invalid(Problems.LimitMakesNoSense);
        }

        if (!wanted.DryRun)
        {
            clockWatch.MustBeTrusted();
        }

        var place = await repositories.GetAsync(repository, ct);
        place.MustLetRemove(wanted.DryRun);
        return await runs.StartAsync(request, place, who, ct);
    }
}
