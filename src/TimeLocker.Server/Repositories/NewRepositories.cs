using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Secrets;

namespace TimeLocker.Server.Repositories;

/// <summary>Where repositories come in: tested, made or adopted, and kept only when they were reached.</summary>
public sealed class NewRepositories(RepositoryCatalog repositories, RepositoryAccess access, SnapshotLists lists,
    AuditLog audit, SecretVault vault, AgentRegistry agents, BackendCatalog backends, TimeProvider clock)
{
    private string ZoneOf(Guid machine) => agents.ZoneOf(machine) is { HasIanaId: true } zone ? zone.Id : "UTC";

    /// <summary>Reaches the place without changing anything there.</summary>
    public async Task<RepositoryFacts> TestAsync(NewRepository wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var (_, target) = await ResolveAsync(wanted, ct);
        return await (await AgentForAsync(wanted, ct)).AskAsync(
            new TestRepository(target with { Password = new Secret(wanted.Password ?? "") })
            {
                Saved = await repositories.SavedAsync(wanted.MachineId ?? agents.LocalId, null, ct),
            },
            ct);
    }

    public async Task<Repository> AddAsync(NewRepository wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var name = Label.Checked("repository", wanted.Name);
        var region = RepositoryCatalog.RegionOf(wanted.Region);
        var schedules = wanted.MaintenanceSchedules is { } chosen
            ? MaintenanceRules.Checked(chosen, name, appendOnly: false, []) : null;
        var (values, target) = await ResolveAsync(wanted, ct);
        var backend = backends.Of(wanted.Backend);
        await RefuseTakenAsync(name, backend, values, target, ct);
        var source = await SourceAsync(wanted, target, ct);
        var password = wanted.Password is { } given ? RepositoryPassword.Checked(given)
            : wanted.Create ? RepositoryPassword.Generate()
            : throw ProblemException.Invalid(Problems.RepositorysPasswordMissingExisting);
        var (id, machine) = (Guid.CreateVersion7(clock.GetUtcNow()), wanted.MachineId ?? agents.LocalId);
        var secret = backend.Fields.Where(f => f.Type == FieldType.Secret).Select(f => f.Name).ToHashSet();

        // The password is safe in the vault before the repository that needs it comes into being.
        await audit.ChangeAsync(who, "repository.prepared", async (db, note) =>
        {
            await vault.SaveAsync(db, RepositoryAccess.OwnerOf(id), RepositoryAccess.PasswordField, password);
            foreach (var field in secret.Where(values.Has))
            {
                await vault.SaveAsync(db, RepositoryAccess.OwnerOf(id), RepositoryAccess.FieldOf(field), new Secret(values[field]));
            }

            note.About("repository", id, new { backend = backend.Kind });
        }, ct);
        try
        {
            var facts = await OpenAsync(wanted, target with { Password = password }, source, ct);
            var repository = new Repository
            {
                Id = id,
                Name = name,
                Backend = backend.Kind,
                Values = values.All.Where(v => !secret.Contains(v.Key)).ToDictionary(),
                Machines = [new() { RepositoryId = id, MachineId = machine, IsHome = true, Since = clock.GetUtcNow() }],
                CreatedAt = clock.GetUtcNow(),
                MaintenanceSchedules = schedules ?? [.. UsualMaintenance.Of(facts.AppendOnly, ZoneOf(machine))],
                MaintenanceUntil = clock.GetUtcNow(),
                ResticId = facts.ResticId!,
                ConfigHash = facts.ConfigHash,
                Region = region,
                AppendOnly = facts.AppendOnly,
                CopyOfId = wanted.CopyOf,
                StoredBytes = facts.StoredBytes ?? (wanted.Create ? 0 : null),
                FreeBytes = facts.FreeBytes,
                RefreshedAt = wanted.Create ? clock.GetUtcNow() : null,
            };
            await audit.ChangeAsync(who, wanted.Create ? "repository.created" : "repository.adopted", async (db, note) =>
            {
                // By its own id: a slash more, a link, another name of its server lead to the same one, and two queues
                // would work on it.
                if (await db.Repositories.Where(r => r.ResticId == repository.ResticId).Select(r => r.Name)
                    .FirstOrDefaultAsync(ct) is { } known)
                {
                    throw new ProblemException(ProblemKind.Conflict,
                        Problems.RepositoryAlreadyInTimelocker(known, repository.ResticId[..8]));
                }

                db.Repositories.Add(repository);
                note.About("repository", id,
                    new { backend = backend.Kind, resticId = repository.ResticId, copyOf = repository.CopyOfId });
            }, CancellationToken.None);
            if (!wanted.Create)
            {
                lists.MarkStale(id); // a new one is empty, and its first backup must not share the machine with a listing
            }

            backends.Forget(wanted.Values);
            repositories.TellKitsChanged();
            repositories.TellMaintenanceChanged();

            return repository;
        }
        catch
        {
            await audit.ChangeAsync(who, "repository.abandoned", async (db, note) =>
            {
                await vault.DeleteAsync(db, RepositoryAccess.OwnerOf(id));
                note.About("repository", id);
            }, CancellationToken.None);
            throw;
        }
    }

    private async Task<(FieldValues Values, ResticTarget Target)> ResolveAsync(NewRepository wanted, CancellationToken ct)
    {
        var backend = backends.Of(wanted.Backend);
        await backends.RequireAsync(backend, wanted.MachineId, ct);
        var values = new FieldValues(backends.Resolved(wanted.Values)).Checked(backend);
        vault.HideFromLogs(wanted.Password);
        foreach (var field in backend.Fields.Where(f => f.Type == FieldType.Secret && values.Has(f.Name)))
        {
            vault.HideFromLogs(values[field.Name]);
        }

        return (values, backend.Target(values));
    }

    private Task<IAgent> AgentForAsync(NewRepository wanted, CancellationToken ct) =>
        agents.ReachAsync(wanted.MachineId ?? agents.LocalId, ct);

    private async Task<RepositoryFacts> OpenAsync(NewRepository wanted, ResticTarget target, ResticTarget? source,
        CancellationToken ct)
    {
        var agent = await AgentForAsync(wanted, ct);
        var facts = wanted.Create ? await CreateAsync(agent, new(target, source), ct)
            : await agent.AskAsync(new TestRepository(target), ct);
        return facts.State switch
        {
            RepositoryState.Ready => facts,
            RepositoryState.Missing => throw new ProblemException(ProblemKind.Conflict,
                Problems.NoRepositoryPlaceEmpty(target.Location.AsName())),
            _ => throw new ProblemException(ProblemKind.Conflict, facts.Problem ?? Problems.RepositoryCannotUsedRefused),
        };
    }

    // A place that cannot take a repository is what was asked for, not a fault of this server.
    private static async Task<RepositoryFacts> CreateAsync(IAgent agent, CreateRepository create, CancellationToken ct)
    {
        try
        {
            return await agent.AskAsync(create, ct);
        }
        catch (ProblemException refused) when (refused.Kind == ProblemKind.Upstream)
        {
            throw new ProblemException(ProblemKind.Conflict, refused.Problem, refused);
        }
    }

    private async Task RefuseTakenAsync(string name, IRepositoryBackend backend, FieldValues values,
        ResticTarget target, CancellationToken ct)
    {
        foreach (var other in await repositories.ListAsync(ct))
        {
            var same = RepositoryText.Location(other, backends.All) == target.Location
                && (other.Backend != backend.Kind
                    || backend.Fields.Where(Places).All(f => other.Values.GetValueOrDefault(f.Name) == values[f.Name]));
            if (same || string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                throw new ProblemException(ProblemKind.Conflict,
                    same ? Texts.RepositoryAlreadyInTimelocker : Texts.AlreadyRepository(other.Name),
                    same ? Texts.SamePlace(other.Name) : Texts.NamesDifferOrNobody,
                    same ? Texts.Use(other.Name) : Texts.ChooseAnotherName);
            }
        }
    }

    // Two shares or containers of one name on different servers or accounts have the same address for restic.
    private static bool Places(Field field) => field is { Required: true, Type: FieldType.Text };

    // The machine that holds the new copy has to reach both.
    private async Task<ResticTarget?> SourceAsync(NewRepository wanted, ResticTarget target, CancellationToken ct)
    {
        if (wanted.CopyOf is not { } id)
        {
            return null;
        }

        var source = await repositories.GetAsync(id, ct);
        if (!wanted.Create || source.CopyOfId is not null || !source.IsReachedFrom(wanted.MachineId ?? agents.LocalId))
        {
            throw ProblemException.Invalid(Texts.CannotBecomeCopy(source.Name),
                !wanted.Create ? Texts.RepositoryAlreadyCutsData : source.CopyOfId is not null ? Texts.CopyItself
                    : Texts.MachineDoesNotReach,
                !wanted.Create ? Texts.CreateNewOneCopy : source.CopyOfId is not null ? Texts.CopyFromOriginal
                    : Texts.ChooseMachineDoesOr);
        }

        var from = await access.TargetAsync(source, ct);
        target.JoinedWith(from); // refused before anything is made
        return from;
    }
}
