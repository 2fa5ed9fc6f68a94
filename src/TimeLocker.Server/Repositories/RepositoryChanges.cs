using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Secrets;

namespace TimeLocker.Server.Repositories;

/// <summary>An SSH repository's own key, as the server's <c>authorized_keys</c> wants it.</summary>
public sealed record SshPublicKey(string PublicKey);

/// <summary>Changes of how a repository is called and reached; and how it is reached now.</summary>
public sealed class RepositoryChanges(
    RepositoryCatalog repositories, RepositoryAccess access, AuditLog audit, SecretVault vault, AgentRegistry agents,
    BackendCatalog backends)
{
    public async Task<Repository> UpdateAsync(Guid id, RepositoryChange change, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var (name, region) = (change.Name is { } n ? Label.Checked("repository", n) : null,
            change.Region is { } r ? RepositoryCatalog.RegionOf(r) : null);
        var resources = change.Resources?.Checked();
        vault.HideFromLogs(change.Password);
        var password = change.Password is { Length: > 0 } typed ? RepositoryPassword.Checked(typed) : null;
        var values = change.Values is { Count: > 0 } || password is not null
            ? await ReachedWithAsync(id, change.Values ?? [], password, ct) : null;
        await audit.ChangeAsync(who, "repository.changed", async (db, note) =>
        {
            var repository = await RepositoryCatalog.FindAsync(db, id, ct);
            foreach (var (field, value) in values ?? new Dictionary<string, string>())
            {
                await KeepAsync(db, repository, field, value);
            }

            if (password is not null)
            {
                await vault.SaveAsync(db, RepositoryAccess.OwnerOf(id), RepositoryAccess.PasswordField, password);
            }

            if (name is not null && await db.Repositories.AnyAsync(r => r.Id != id && r.Name == name, ct))
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.AlreadyRepositoryNamesDiffer(name));
            }

            (repository.Name, repository.Region, repository.Resources) = (name ?? repository.Name,
                region ?? repository.Region, resources ?? repository.Resources);
            repository.Trouble = values is null ? repository.Trouble : null; // it was reached with them
            // the recovery kit tells how it was reached before
            repository.RecoveryConfirmedAt = values is null ? repository.RecoveryConfirmedAt : null;
            note.About("repository", id);
        }, ct);
        backends.Forget(change.Values ?? []);
        if (values is not null)
        {
            repositories.TellKitsChanged();
        }

        return await repositories.GetAsync(id, ct);
    }

    // New values are kept only when they lead to the same repository.
    private async Task<IReadOnlyDictionary<string, string>> ReachedWithAsync(Guid id, Dictionary<string, string> given,
        Secret? typed, CancellationToken ct)
    {
        var repository = await repositories.GetAsync(id, ct);
        var (backend, values) = (backends.For(repository), await access.ValuesAsync(repository, ct));
        backend.MustStayHome(values, given, secret => !given.ContainsKey(secret));
        foreach (var (field, value) in backends.Resolved(given))
        {
            values[field] = value;
        }

        var wanted = new FieldValues(values).Checked(backend);
        Task<RepositoryFacts> TestAsync(IAgent agent, Secret password) =>
            agent.AskAsync(new TestRepository(backend.Target(wanted) with { Password = password }), ct);
        var facts = Same(repository, typed is not null ? await TestAsync(agents.Reach(repository.HomeId), typed)
            : await access.UseAsync(repository, (agent, known) => TestAsync(agent, known.Password), IsRefused, ct));
        return facts.State == RepositoryState.Ready ? wanted.All : throw new ProblemException(ProblemKind.Conflict, facts.Problem!);
    }

    private async Task KeepAsync(TimeLockerDb db, Repository repository, string field, string value)
    {
        if (backends.For(repository).Fields.Single(f => f.Name == field).Type != FieldType.Secret)
        {
            repository.Values[field] = value;
        }
        else if (value.Length > 0)
        {
            await vault.SaveAsync(db, RepositoryAccess.OwnerOf(repository.Id), RepositoryAccess.FieldOf(field), new Secret(value));
        }
        else
        {
            await vault.DeleteAsync(db, RepositoryAccess.OwnerOf(repository.Id), RepositoryAccess.FieldOf(field));
        }
    }

    private static bool IsRefused(RepositoryFacts facts) => facts.State != RepositoryState.Ready;

    internal static RepositoryFacts Same(Repository repository, RepositoryFacts facts) =>
        facts.State != RepositoryState.Ready || facts.ResticId == repository.ResticId ? facts : facts with
        {
            State = RepositoryState.Refused,
            Problem = Problems.AnotherRepositoryWhatAddress,
        };

    /// <summary>Reaches a repository that is known, and remembers what was found.</summary>
    public async Task<RepositoryFacts> TestAgainAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var repository = await repositories.GetAsync(id, ct);
        var saved = await repositories.SavedAsync(repository.HomeId, id, ct);
        var facts = Same(repository,
            await access.UseAsync(repository,
                (agent, target) => agent.AskAsync(new TestRepository(target) { Saved = saved }, ct),
                IsRefused, ct));
        await audit.TouchAsync(async db =>
        {
            var known = await RepositoryCatalog.FindAsync(db, id, ct);
            known.Trouble = facts.State == RepositoryState.Ready ? null : facts.Problem;
            if (facts.State == RepositoryState.Ready)
            {
                (known.AppendOnly, known.StoredBytes, known.FreeBytes) = (facts.AppendOnly,
                    facts.StoredBytes ?? known.StoredBytes, facts.FreeBytes ?? known.FreeBytes);
            }
        }, ct);
        return facts;
    }

    /// <summary>The public half of a repository's own SSH key, to put it on the server once more.</summary>
    public async Task<SshPublicKey> SshKeyAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var repository = await repositories.GetAsync(id, ct);
        var field = backends.For(repository).Fields.FirstOrDefault(f => f.Editor == FieldEditor.SshPrivateKey);
        return field is not null
            && await vault.FindAsync(RepositoryAccess.OwnerOf(id), RepositoryAccess.FieldOf(field.Name), ct) is { } key
            && SshKeyPair.PublicKeyOf(key) is { } line
            ? new(line)
            : throw new ProblemException(ProblemKind.NotFound, Problems.RepositoryNoSshKey);
    }

    /// <summary>What holds it now: asked of the repository itself.</summary>
    public async Task<IReadOnlyList<RepositoryLock>> LocksAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Viewer);
        var repository = await repositories.GetAsync(id, ct);
        return await access.AskAsync(repository, target => new ListLocks(target), ct);
    }
}
