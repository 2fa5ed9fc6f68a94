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
        if (to.CopyOfId != source)
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.NoCopyNotMade(to.Name, from.Name));
        }

        var machine = to.CopiedOn(from) ?? throw new ProblemException(ProblemKind.Conflict, NoMachine(from, to));
        return await runs.StartAsync(new CopyRequest(source), to, who, ct, title: Title(from, to), machine: machine);
    }

    /// <summary>Why nothing is copied where no machine reaches both.</summary>
    internal static Problem NoMachine(Repository from, Repository to) => Problems.CannotCopiedNoMachine(from.Name, to.Name);

    /// <summary>What a copy is called.</summary>
    internal static Text Title(Repository from, Repository to) => Texts.CopyFromTo(from.Name, to.Name);

    private async Task<Repository> OnlyCopyAsync(Repository from, CancellationToken ct)
    {
        var copies = (await repositories.ListAsync(ct)).Where(r => r.CopyOfId == from.Id).ToList();
        return copies is [var only] ? only
            : throw ProblemException.Invalid(Texts.NothingSaysWhereCopy,
                copies.Count == 0 ? Texts.NoCopy(from.Name) : Texts.Copies(from.Name, copies.Count),
                copies.Count == 0 ? Texts.AddRepositoryCopyFirst : Texts.ChooseFrom(string.Join(", ", copies.Select(c => c.Name))));
    }
}
