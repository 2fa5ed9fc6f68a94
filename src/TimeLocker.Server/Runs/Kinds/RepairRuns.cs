using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>A step of a repair.</summary>
public sealed record NewRepair
{
    public RepairStep Step { get; init; }

    /// <summary>Pack files, for the step Packs; empty: those that the last check found.</summary>
    public IReadOnlyList<string> Packs { get; init; } = [];
    public bool DryRun { get; init; }
}

/// <summary>Repairs of repositories.</summary>
public sealed class RepairRuns(RepositoryCatalog repositories, RunDesk runs)
{
    public async Task<Run> StartAsync(Guid repository, NewRepair wanted, Actor who, CancellationToken ct = default)
    {
        var request = new RepairRequest(wanted.Step, [], wanted.DryRun);
        who.MustBe(request.MinimumRole());
        var place = await repositories.GetAsync(repository, ct);
        place.MustLetRemove(wanted.DryRun);
        if (wanted.Step == RepairStep.Packs)
        {
            request = request with
            {
                Packs = Checked(wanted.Packs.Count > 0 ? wanted.Packs
                : place.Maintenance.Damage?.Packs ?? [])
            };
        }

        return await runs.StartAsync(request, place, who, ct);
    }

    private static IReadOnlyList<string> Checked(IReadOnlyList<string> packs)
    {
        if (packs.FirstOrDefault(p => p.Length != 64 || !p.All(char.IsAsciiHexDigitLower)) is { } strange)
        {
            throw ProblemException.Invalid(Problems.NoPackFileId(strange));
        }

        return packs.Count > 0 ? packs
            : throw ProblemException.Invalid(Problems.NoPackFileRepair);
    }
}
