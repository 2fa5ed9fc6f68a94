using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>A check to be made.</summary>
public sealed record NewCheck
{
    public CheckDepth Depth { get; init; }

    /// <summary>Which part of the stored data, for Part; null: the next of the round.</summary>
    public int? Part { get; init; }

    // Said by TimeLocker itself, never from outside.
    internal RunCause? Cause { get; init; }
}

/// <summary>Checks of repositories.</summary>
public sealed class CheckRuns(RepositoryCatalog repositories, RunDesk runs)
{
    public async Task<Run> StartAsync(Guid repository, NewCheck wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (wanted.Part is { } part && (wanted.Depth != CheckDepth.Part || part is < 1 or > Coverage.Parts))
        {
            throw ProblemException.Invalid(Problems.PartCannotReadStored(Coverage.Parts));
        }

        var place = await repositories.GetAsync(repository, ct);
        var request = new CheckRequest(wanted.Depth,
            wanted.Depth == CheckDepth.Part ? wanted.Part ?? place.Maintenance.Coverage.Next : 0);
        return await runs.StartAsync(request, place, who, ct, cause: wanted.Cause);
    }
}
