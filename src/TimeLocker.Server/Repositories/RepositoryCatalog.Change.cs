using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Server.Repositories;

/// <summary>An SSH repository's own key, as the server's <c>authorized_keys</c> wants it.</summary>
public sealed record SshPublicKey(string PublicKey);

public sealed partial class RepositoryCatalog
{
    public async Task<Repository> UpdateAsync(Guid id, RepositoryChange change, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var (name, region) = (change.Name is { } n ? Label.Checked("repository", n) : null, change.Region is { } r ? RegionOf(r) : null);
        var resources = change.Resources?.Checked();
        await audit.ChangeAsync(who, "repository.changed", async (db, note) =>
        {
            var repository = await FindAsync(db, id, ct);
            if (name is not null && await db.Repositories.AnyAsync(r => r.Id != id && r.Name == name, ct))
            {
                throw new ProblemException(ProblemKind.Conflict, $"There is already a repository “{name}”.", "Names have to differ, or nobody can tell them apart.", "Choose another name.");
            }

            (repository.Name, repository.Region, repository.Resources) = (name ?? repository.Name, region ?? repository.Region, resources ?? repository.Resources);
            note.About("repository", id, new { name = name is not null, region = region is not null, resources });
        }, ct);
        return await GetAsync(id, ct);
    }

    public Task RenameAsync(Guid id, string name, Actor who, CancellationToken ct = default) => UpdateAsync(id, new() { Name = name }, who, ct);

    /// <summary>Reaches a repository that is known, and remembers what was found.</summary>
    public async Task<RepositoryFacts> TestAgainAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var repository = await GetAsync(id, ct);
        var facts = await agents.Find(repository.MachineId).AskAsync(new TestRepository(await TargetAsync(repository, ct)), ct);
        if (facts.State == RepositoryState.Ready && facts.ResticId != repository.ResticId)
        {
            facts = facts with
            {
                State = RepositoryState.Refused,
                Problem = new("This is another repository.", "What is at this address now is not the repository that was added: it was replaced or made anew.", "Bring the right one back. To use the new one, add it as a repository of its own."),
            };
        }

        await audit.TouchAsync(async db =>
        {
            var known = await FindAsync(db, id, ct);
            known.Trouble = facts.State == RepositoryState.Ready ? null : facts.Problem;
            if (facts.State == RepositoryState.Ready)
            {
                (known.AppendOnly, known.StoredBytes, known.FreeBytes) = (facts.AppendOnly, facts.StoredBytes ?? known.StoredBytes, facts.FreeBytes ?? known.FreeBytes);
            }
        }, ct);
        return facts;
    }

    /// <summary>The public half of a repository's own SSH key, to put it on the server once more.</summary>
    public async Task<SshPublicKey> SshKeyAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await GetAsync(id, ct);
        return await vault.FindAsync(OwnerOf(id), FieldOf("privateKey"), ct) is { } key && SshKeyPair.PublicKeyOf(key) is { } line
            ? new(line)
            : throw new ProblemException(ProblemKind.NotFound, "This repository has no SSH key of its own.", "It is reached in another way, or with a key of a kind that cannot be read here.", "Look at the server, or at the file from which the key was taken.");
    }

    private static string RegionOf(string given) => given.Trim() is { Length: <= 100 } region && !region.Any(char.IsControl)
        ? region
        : throw ProblemException.Invalid("This region cannot be used.", "It is longer than 100 characters, or contains a line break.", "Enter something like “EU, Frankfurt”, or leave it empty.");
}
