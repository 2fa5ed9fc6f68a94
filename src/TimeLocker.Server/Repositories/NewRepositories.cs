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
        var schedules = wanted.MaintenanceSchedules is { } chosen ? MaintenanceRules.Checked(chosen, name, appendOnly: false, []) : null;
        var (values, target) = await ResolveAsync(wanted, ct);
        var backend = backends.Of(wanted.Backend);
        await RefuseTakenAsync(name, backend, values, target, ct);
        var source = await SourceAsync(wanted, target, ct);
        var password = wanted.Password is { } given ? RepositoryPassword.Checked(given)
            : wanted.Create ? RepositoryPassword.Generate()
            : throw ProblemException.Invalid("The repository's password is missing.", "An existing repository opens only with its own password.", "Enter the password that it was made with.");
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
                // By its own id: a slash more, a link, another name of its server lead to the same one, and two queues would work on it.
                if (await db.Repositories.Where(r => r.ResticId == repository.ResticId).Select(r => r.Name).FirstOrDefaultAsync(ct) is { } known)
                {
                    throw new ProblemException(ProblemKind.Conflict, "This repository is already in TimeLocker.",
                        $"“{known}” has the same id, {repository.ResticId[..8]}: the address leads to the same repository, or to a copy of its files.",
                        $"Use “{known}”; if it has moved, change its address.");
                }

                db.Repositories.Add(repository);
                note.About("repository", id, new { backend = backend.Kind, resticId = repository.ResticId, copyOf = repository.CopyOfId });
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

    private Task<IAgent> AgentForAsync(NewRepository wanted, CancellationToken ct) => agents.ReachAsync(wanted.MachineId ?? agents.LocalId, ct);

    private async Task<RepositoryFacts> OpenAsync(NewRepository wanted, ResticTarget target, ResticTarget? source, CancellationToken ct)
    {
        var agent = await AgentForAsync(wanted, ct);
        var facts = wanted.Create ? await CreateAsync(agent, new(target, source), ct) : await agent.AskAsync(new TestRepository(target), ct);
        return facts.State switch
        {
            RepositoryState.Ready => facts,
            RepositoryState.Missing => throw new ProblemException(ProblemKind.Conflict,
                "There is no repository at this place.",
                $"{target.Location.AsName()} is empty or does not exist.",
                "Create a new one there, or correct the address."),
            _ => throw new ProblemException(ProblemKind.Conflict, facts.Problem ?? new("The repository cannot be used.", "It was refused without a reason.", "Test it again.")),
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

    private async Task RefuseTakenAsync(string name, IRepositoryBackend backend, FieldValues values, ResticTarget target, CancellationToken ct)
    {
        foreach (var other in await repositories.ListAsync(ct))
        {
            var same = RepositoryText.Location(other, backends.All) == target.Location
                && (other.Backend != backend.Kind || backend.Fields.Where(Places).All(f => other.Values.GetValueOrDefault(f.Name) == values[f.Name]));
            if (same || string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                throw new ProblemException(ProblemKind.Conflict, same ? "This repository is already in TimeLocker." : $"There is already a repository “{other.Name}”.",
                    same ? $"“{other.Name}” is at the same place." : "Names have to differ, or nobody can tell them apart.", same ? $"Use “{other.Name}”." : "Choose another name.");
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
            throw ProblemException.Invalid($"This cannot become a copy of “{source.Name}”.",
                !wanted.Create ? "A repository that is already there cuts its data in other pieces." : source.CopyOfId is not null ? "That is a copy itself." : "This machine does not reach that one.",
                !wanted.Create ? "Create a new one as the copy." : source.CopyOfId is not null ? "Copy from the original." : "Choose a machine that does, or allow this one on that repository's page.");
        }

        var from = await access.TargetAsync(source, ct);
        target.JoinedWith(from); // refused before anything is made
        return from;
    }
}
