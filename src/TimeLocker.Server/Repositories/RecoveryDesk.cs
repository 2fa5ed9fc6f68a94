using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;

namespace TimeLocker.Server.Repositories;

/// <summary>What a person typed from their kit.</summary>
public sealed record RecoveryKitTest
{
    public Secret? Password { get; init; }

    /// <summary>Null: not typed.</summary>
    public string? Address { get; init; }
}

/// <summary>Recovery kits: showing them is audited, and only a kit that opened its repository counts as kept.</summary>
public sealed class RecoveryDesk(RepositoryCatalog repositories, RepositoryAccess access, AgentRegistry agents,
    AuditLog audit, SecretFilter live, TimeProvider clock)
{
    public async Task<RecoveryKit> KitAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return await ShowAsync(await repositories.GetAsync(id, ct), who, ct);
    }

    /// <summary>The kits of all repositories.</summary>
    public async Task<IReadOnlyList<RecoveryKit>> AllAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var kits = new List<RecoveryKit>();
        foreach (var repository in await repositories.ListAsync(ct))
        {
            kits.Add(await ShowAsync(repository, who, ct));
        }

        return kits.Count > 0 ? kits : throw ProblemException.NotFound(Texts.RecoveryKit, Texts.AddRepositoryFirstEach);
    }

    /// <summary>Opens the repository with exactly what was typed. Success confirms the kit.</summary>
    /// <exception cref="ProblemException">of kind Conflict: that does not open it.</exception>
    public async Task<Repository> TestAsync(Guid id, RecoveryKitTest typed, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var password = typed.Password is { IsEmpty: false } given ? RepositoryPassword.Checked(given.Reveal().Trim())
            : throw ProblemException.Invalid(Problems.PasswordMissingKitProven);
        live.Learn(password);
        var repository = await repositories.GetAsync(id, ct);
        var target = await access.TargetAsync(repository, ct);
        if (typed.Address?.Trim() is { Length: > 0 } address && address.TrimEnd('/') != target.Location.TrimEnd('/'))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.NotKitRepositoryAddress(repository.Name));
        }

        var facts = await agents.Reach(repository.HomeId).AskAsync(new TestRepository(target with { Password = password }), ct);
        if (facts.State != RepositoryState.Ready)
        {
            var problem = facts.Problem ?? Problems.KitDidNotOpen;
            throw new ProblemException(ProblemKind.Conflict,
                problem.Step == NextStep.EnterPassword
                    ? problem.With(
                        next: Texts.CompareLetterLetterIf)
                    : problem);
        }

        if (facts.ResticId != repository.ResticId)
        {
            throw new ProblemException(ProblemKind.Conflict,
                Problems.AnotherRepositoryAddressRestic(facts.ResticId?[..8], repository.ResticId[..8]));
        }

        await audit.ChangeAsync(who, "repository.recovery-kit-proven", async (db, note) =>
        {
            (await db.Repositories.SingleAsync(r => r.Id == id)).RecoveryConfirmedAt = clock.GetUtcNow();
            note.About("repository", id, new { address = typed.Address is { Length: > 0 } });
        }, CancellationToken.None);
        repositories.TellKitsChanged();
        return await repositories.GetAsync(id, CancellationToken.None);
    }

    public byte[] Pdf(IReadOnlyList<RecoveryKit> kits) => RecoveryKitPdf.Write(kits, clock.GetUtcNow());

    private async Task<RecoveryKit> ShowAsync(Repository repository, Actor who, CancellationToken ct)
    {
        var kit = await access.KitAsync(repository, ct);
        await audit.ChangeAsync(who, "repository.recovery-kit-shown", (_, note) =>
        {
            note.About("repository",
            repository.Id); return Task.CompletedTask;
        }, ct);
        return kit;
    }
}
