using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Secrets;

namespace TimeLocker.Server.Repositories;

/// <summary>How to change a repository’s password.</summary>
public sealed record NewPassword
{
    /// <summary>Null: TimeLocker makes one.</summary>
    public Secret? Password { get; init; }
}

/// <summary>A repository after its password was changed, and what is left to do.</summary>
/// <param name="Left">Why the old password still opens the repository, or null: it does not any more.</param>
public sealed record ChangedPassword(Repository Repository, Problem? Left);

/// <summary>
/// Gives a repository another password: the new one is in the vault before restic gets it, and takes over before the old one goes.
/// So what the vault calls the password opens the repository at every moment, and a start can finish, or undo, what a kill cut off.
/// </summary>
public sealed class PasswordChange(RepositoryCatalog repositories, RepositoryAccess access, AgentRegistry agents,
    AuditLog audit, SecretVault vault, IDbContextFactory<TimeLockerDb> databases, IExclusiveUse alone,
    ILogger<PasswordChange> log)
{
    private const string Current = RepositoryAccess.PasswordField, Next = "password.next", Old = "password.old";

    public async Task<ChangedPassword> ChangeAsync(Guid id, NewPassword wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var password = wanted.Password is { } given ? RepositoryPassword.Checked(given.Reveal()) : RepositoryPassword.Generate();
        var repository = await repositories.GetAsync(id, ct);
        using var mine = await alone.EnterAsync(id, Texts.ChangingPassword, RepositoryKeys.Patience, ct);
        await FinishAsync(repository, who, ct);
        var target = await access.TargetAsync(repository, ct);
        if (target.Password.Reveal() == password.Reveal())
        {
            throw ProblemException.Invalid(Problems.PasswordAlreadyChangeNeeds);
        }

        await WriteAsync(id, "repository.password-change-begun", who,
            db => vault.SaveAsync(db, RepositoryAccess.OwnerOf(id), Next, password));
        try
        {
            var host = (await agents.GetAsync(repository.HomeId, ct)).Host;
            await agents.Reach(repository.HomeId).AskAsync(new AddKey(target, password, "timelocker", host), ct);
        }
        catch (ProblemException)
        {
            await FinishAsync(repository, who, CancellationToken.None);
            throw;
        }

        var left = await FinishAsync(repository, who, CancellationToken.None);
        return new(await repositories.GetAsync(id, CancellationToken.None), left);
    }

    /// <summary>After a start: finishes or undoes the changes that were cut off.</summary>
    public async Task ResumeAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var owners = await db.Secrets.Where(s => s.Field == Next || s.Field == Old).Select(s => s.Owner).Distinct().ToListAsync(ct);
        foreach (var repository in (await repositories.ListAsync(ct)).Where(r => owners.Contains(RepositoryAccess.OwnerOf(r.Id))))
        {
            try
            {
                using var mine = await alone.EnterAsync(repository.Id, Texts.ChangingPassword, Timeout.InfiniteTimeSpan, ct);
                await FinishAsync(repository, Actor.System, ct);
            }
            catch (ProblemException problem)
            {
                log.LogWarning("the change of the password of repository {Repository} waits for the next start: {Why}",
                    repository.Id, problem.Message);
            }
        }
    }

    private async Task<Problem?> FinishAsync(Repository repository, Actor who, CancellationToken ct)
    {
        var owner = RepositoryAccess.OwnerOf(repository.Id);
        var agent = agents.Reach(repository.HomeId);
        if (await vault.FindAsync(owner, Next, ct) is { } next)
        {
            var target = await access.TargetAsync(repository, ct);
            await (await OpensAsync(agent, target with { Password = next }, ct)
                ? AdoptAsync(repository.Id, target.Password, next, who)
                : await OpensAsync(agent, target, ct)
                ? WriteAsync(repository.Id, "repository.password-change-undone", who,
                    db => vault.DeleteAsync(db, owner, Next))
                : throw new ProblemException(ProblemKind.Unavailable, Problems.ChangePasswordNotFinished));
        }

        return await vault.FindAsync(owner, Old, ct) is { } old ? await DropAsync(repository, agent, old, who, ct) : null;
    }

    private async Task AdoptAsync(Guid id, Secret old, Secret next, Actor who)
    {
        await WriteAsync(id, "repository.password-changed", who, async db =>
        {
            var owner = RepositoryAccess.OwnerOf(id);
            await vault.SaveAsync(db, owner, Old, old);
            await vault.SaveAsync(db, owner, Current, next);
            await vault.DeleteAsync(db, owner, Next);
            // what people keep is of no use any more
            (await db.Repositories.SingleAsync(r => r.Id == id)).RecoveryConfirmedAt = null;
        });
        repositories.TellKitsChanged();
    }

    // The old password says which key is its own; where it opens none, the key is gone already.
    private async Task<Problem?> DropAsync(Repository repository, IAgent agent, Secret old, Actor who, CancellationToken ct)
    {
        var target = await access.TargetAsync(repository, ct);
        Problem? left = null;
        try
        {
            if (await OpensAsync(agent, target with { Password = old }, ct))
            {
                var key = (await agent.AskAsync(new ListKeys(target with { Password = old }), ct)).Single(k => k.Current).Id;
                await RepositoryKeys.TakeAwayAsync(agent, target, key, ct);
            }
        }
        catch (ProblemException e) when (e.Problem.Is(Texts.KeyNotRemovedServer))
        {
            left = e.Problem; // for good, so nothing is gained by keeping the password
        }
        catch (ProblemException e)
        {
            return new(Texts.OldPasswordStillOpens, e.Problem.Why, Texts.TimelockerRemovesKeyNext);
        }

        await WriteAsync(repository.Id, "repository.old-password-dropped", who,
            db => vault.DeleteAsync(db, RepositoryAccess.OwnerOf(repository.Id), Old));
        return left;
    }

    private static async Task<bool> OpensAsync(IAgent agent, ResticTarget target, CancellationToken ct) =>
        await agent.AskAsync(new TestRepository(target), ct) is { State: RepositoryState.Ready } facts
            && facts.ResticId == target.PinnedId;

    private Task WriteAsync(Guid id, string kind, Actor who, Func<TimeLockerDb, Task> change) =>
        audit.ChangeAsync(who, kind, async (db, note) =>
    {
        await change(db);
        note.About("repository", id);
    }, CancellationToken.None);
}
