using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

/// <summary>A copy to be made.</summary>
public sealed record NewCopy
{
    /// <summary>The copy; null: the only one.</summary>
    public Guid? To { get; init; }
}

/// <summary>Brings further copies of a repository up to date. The run is on the copy.</summary>
public sealed class CopyRuns(RepositoryCatalog repositories, RunDesk runs)
{
    public async Task<Run> StartAsync(Guid source, NewCopy wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var from = await repositories.GetAsync(source, ct);
        var to = wanted.To is { } id ? await repositories.GetAsync(id, ct) : await OnlyCopyAsync(from, ct);
        if (to.CopyOfId != source || to.MachineId != from.MachineId)
        {
            throw new ProblemException(ProblemKind.Conflict, $"“{to.Name}” is no copy of “{from.Name}”.",
                to.CopyOfId == source ? "They are reached from different machines."
                    : "It was not made as one: its data is cut in other pieces and would be stored twice.",
                "Add a new repository as a copy.");
        }

        return await runs.StartAsync(new CopyRequest(source), to, who, ct, title: Title(from, to));
    }

    /// <summary>What a copy is called.</summary>
    internal static string Title(Repository from, Repository to) => $"Copy of {from.Name} to {to.Name}";

    private async Task<Repository> OnlyCopyAsync(Repository from, CancellationToken ct)
    {
        var copies = (await repositories.ListAsync(ct)).Where(r => r.CopyOfId == from.Id).ToList();
        return copies is [var only] ? only
            : throw ProblemException.Invalid("Nothing says where to copy to.",
                copies.Count == 0 ? $"“{from.Name}” has no copy." : $"“{from.Name}” has {copies.Count} copies.",
                copies.Count == 0 ? "Add a repository as a copy of it first." : $"Choose from {string.Join(", ", copies.Select(c => c.Name))}.");
    }
}
