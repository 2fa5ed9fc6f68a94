using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;

namespace TimeLocker.Server.Repositories;

/// <summary>A further key of a repository.</summary>
public sealed record NewKey
{
    /// <summary>Who or what it is for; restic shows it as the key's user.</summary>
    public string? Name { get; init; }

    /// <summary>Null: TimeLocker makes one.</summary>
    public Secret? Password { get; init; }

    /// <summary>The same key for the repository's copies, which have keys of their own.</summary>
    public bool Copies { get; init; }
}

/// <summary>A new key; its password is answered this once.</summary>
/// <param name="Password">Shown this once, and kept nowhere.</param>
public sealed record CreatedKey(string Id, string Name, string Password)
{
    /// <summary>Asked for with <see cref="NewKey.Copies"/>.</summary>
    public IReadOnlyList<CopyKey> Copies { get; init; } = [];
}

/// <summary>What became of a key in a copy.</summary>
/// <param name="Id">Null: it was not added, see <paramref name="Problem"/>.</param>
public sealed record CopyKey(Guid RepositoryId, string Repository, string? Id, Problem? Problem);

/// <summary>The keys of a repository: each a password that opens it. TimeLocker uses one of them.</summary>
public sealed class RepositoryKeys(RepositoryCatalog repositories, RepositoryAccess access, AgentRegistry agents,
    AuditLog audit, SecretFilter live, IExclusiveUse alone)
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<RepositoryKey>> ListAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var repository = await repositories.GetAsync(id, ct);
        return await access.AskAsync(repository, target => new ListKeys(target), ct);
    }

    public async Task<CreatedKey> AddAsync(Guid id, NewKey wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var name = Label.Checked("key", wanted.Name);
        var password = wanted.Password is { } given ? RepositoryPassword.Checked(given.Reveal()) : RepositoryPassword.Generate();
        live.Learn(password);
        var created = new CreatedKey(await AddToAsync(await repositories.GetAsync(id, ct), password, name, who, ct),
            name, password.Reveal());
        return wanted.Copies ? created with { Copies = await AddToCopiesAsync(id, password, name, who, ct) } : created;
    }

    // The original has it already: what goes wrong with one copy is said, and the others are tried.
    private async Task<IReadOnlyList<CopyKey>> AddToCopiesAsync(Guid original, Secret password, string name, Actor who,
        CancellationToken ct)
    {
        List<CopyKey> all = [];
        foreach (var copy in (await repositories.ListAsync(ct)).Where(r => r.CopyOfId == original))
        {
            try
            {
                all.Add(new(copy.Id, copy.Name, await AddToAsync(copy, password, name, who, ct), null));
            }
            catch (ProblemException e)
            {
                all.Add(new(copy.Id, copy.Name, null, e.Problem));
            }
        }

        return all;
    }

    private async Task<string> AddToAsync(Repository repository, Secret password, string name, Actor who, CancellationToken ct)
    {
        var id = repository.Id;
        using var mine = await alone.EnterAsync(id, Texts.AddingKey, Patience, ct);
        var target = await access.TargetAsync(repository, ct); // at its turn: the run before may have changed the password
        if (password.Reveal() == target.Password.Reveal())
        {
            throw ProblemException.Invalid(Problems.PasswordOpensRepositoryAlready);
        }

        await NoteAsync(id, "repository.key-add-begun", null, who, ct);
        var host = (await agents.GetAsync(repository.HomeId, ct)).Host;
        var key = await agents.Reach(repository.HomeId).AskAsync(new AddKey(target, password, name, host), ct);
        await NoteAsync(id, "repository.key-added", key, who, CancellationToken.None);
        return key;
    }

    /// <param name="key">The key's id, or the beginning of it.</param>
    public async Task RemoveAsync(Guid id, string key, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var repository = await repositories.GetAsync(id, ct);
        using var mine = await alone.EnterAsync(id, Texts.RemovingKey, Patience, ct);
        var target = await access.TargetAsync(repository, ct);
        var agent = agents.Reach(repository.HomeId);
        var meant = (await agent.AskAsync(new ListKeys(target),
            ct)).Where(k => key.Length >= 6 && k.Id.StartsWith(key, StringComparison.Ordinal)).ToList();
        if (meant is not [var one])
        {
            throw ProblemException.NotFound(Texts.Key, Texts.SeeListRepositorysKeys);
        }

        if (one.Current)
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.KeyCannotRemovedTimelocker);
        }

        await NoteAsync(id, "repository.key-remove-begun", one.Id, who, ct);
        await TakeAwayAsync(agent, target, one.Id, ct);
        await NoteAsync(id, "repository.key-removed", one.Id, who, CancellationToken.None);
    }

    /// <exception cref="ProblemException">of kind Conflict where the server lets nothing be removed.</exception>
    internal static async Task TakeAwayAsync(IAgent agent, ResticTarget target, string key, CancellationToken ct)
    {
        try
        {
            await agent.AskAsync(new RemoveKey(target, key), ct);
        }
        catch (ProblemException e) when (e.Problem.Why.Is(RepositoryRefusal.MayNot))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.KeyNotRemovedServer(key), e);
        }
    }

    private Task NoteAsync(Guid id, string kind, string? key, Actor who, CancellationToken ct) =>
        audit.ChangeAsync(who, kind, (_, note) => { note.About("repository", id, new { key }); return Task.CompletedTask; }, ct);
}
