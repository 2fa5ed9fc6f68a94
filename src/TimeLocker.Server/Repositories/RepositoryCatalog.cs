using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Secrets;

namespace TimeLocker.Server.Repositories;

/// <summary>The repositories: adding, naming, removing, and what restic needs to reach one.</summary>
public sealed partial class RepositoryCatalog(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, SecretVault vault, AgentRegistry agents, BackendCatalog backends, TimeProvider clock)
{
    internal const string PasswordField = "password";
    private static readonly TimeSpan FirstList = TimeSpan.FromMinutes(1);
    private readonly Channel<Guid> stale = Channel.CreateUnbounded<Guid>();
    private TaskCompletionSource listed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<IRepositoryBackend> Backends => backends.All;

    /// <summary>Repositories whose list of snapshots has to be read again.</summary>
    public ChannelReader<Guid> Stale => stale.Reader;

    /// <summary>There is one more of them.</summary>
    public event Action? WentStale;

    /// <summary>A recovery kit was proven, or is of no use any more.</summary>
    public event Action? KitsChanged;

    internal void TellKitsChanged() => KitsChanged?.Invoke();

    /// <summary>Somebody has read a repository's list of snapshots, or tried to.</summary>
    internal void TellListed() => Interlocked.Exchange(ref listed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>A repository that was adopted a moment ago is no empty one: who asks for its snapshots waits until they were read once.</summary>
    /// <exception cref="ProblemException">they could not be read, or not yet.</exception>
    public async Task UntilListedAsync(Guid id, CancellationToken ct)
    {
        for (var until = clock.GetUtcNow() + FirstList; ;)
        {
            var next = Volatile.Read(ref listed).Task; // before it is looked: nothing is missed in between
            var repository = await GetAsync(id, ct);
            if (repository.RefreshedAt is not null)
            {
                return;
            }

            if (repository.Trouble is { } trouble)
            {
                throw new ProblemException(ProblemKind.Unavailable, trouble);
            }

            try
            {
                await next.WaitAsync(until - clock.GetUtcNow() is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, ct);
            }
            catch (TimeoutException)
            {
                throw new ProblemException(ProblemKind.Unavailable, $"The snapshots of “{repository.Name}” are not known yet.",
                    "Their list is being read for the first time.", "Try again in a moment.");
            }
        }
    }

    public void MarkStale(Guid repository)
    {
        stale.Writer.TryWrite(repository);
        WentStale?.Invoke();
    }

    public async Task<IReadOnlyList<Repository>> ListAsync(CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Repositories.AsNoTracking().OrderBy(r => r.Name).ToListAsync(ct);
    }

    /// <summary>The first few whose name has this in it.</summary>
    public async Task<IReadOnlyList<Repository>> FindAsync(string part, int limit, CancellationToken ct = default)
    {
        var pattern = NamePattern.Of(part);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Repositories.AsNoTracking().Where(r => EF.Functions.Like(r.Name, pattern, NamePattern.Escape)).OrderBy(r => r.Name).Take(limit).ToListAsync(ct);
    }

    public async Task<Repository> GetAsync(Guid id, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Repositories.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw Unknown();
    }

    /// <summary>Reaches the place without changing anything there.</summary>
    public async Task<RepositoryFacts> TestAsync(NewRepository wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var (_, target) = await ResolveAsync(wanted, ct);
        return await (await AgentForAsync(wanted, ct)).AskAsync(
            new TestRepository(target with { Password = new Secret(wanted.Password ?? "") })
            {
                Saved = await SavedAsync(wanted.MachineId ?? agents.LocalId, null, ct),
            },
            ct);
    }

    public async Task<Repository> AddAsync(NewRepository wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var name = Label.Checked("repository", wanted.Name);
        var region = RegionOf(wanted.Region);
        var care = wanted.Care is { } chosen ? CareRules.Checked(chosen, name, appendOnly: false, []) : null;
        var (values, target) = await ResolveAsync(wanted, ct);
        var backend = backends.Of(wanted.Backend);
        await RefuseTakenAsync(name, backend, values, target, ct);
        var source = await SourceAsync(wanted, target, ct);
        var password = wanted.Password is { } given ? RepositoryPassword.Checked(given)
            : wanted.Create ? RepositoryPassword.Generate()
            : throw ProblemException.Invalid("The repository's password is missing.", "An existing repository opens only with its own password.", "Enter the password that it was made with.");
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var secret = backend.Fields.Where(f => f.Type == FieldType.Secret).Select(f => f.Name).ToHashSet();

        // The password is safe in the vault before the repository that needs it comes into being.
        await audit.ChangeAsync(who, "repository.prepared", async (db, note) =>
        {
            await vault.SaveAsync(db, OwnerOf(id), PasswordField, password);
            foreach (var field in secret.Where(values.Has))
            {
                await vault.SaveAsync(db, OwnerOf(id), FieldOf(field), new Secret(values[field]));
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
                MachineId = wanted.MachineId ?? agents.LocalId,
                CreatedAt = clock.GetUtcNow(),
                Care = care ?? [.. UsualCare.Of(facts.AppendOnly, Zone)],
                CareUntil = clock.GetUtcNow(),
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
                MarkStale(id); // a new one is empty, and its first backup must not share the machine with a listing
            }

            backends.Forget(wanted.Values);
            TellKitsChanged();
            CareChanged?.Invoke();

            return repository;
        }
        catch
        {
            await audit.ChangeAsync(who, "repository.abandoned", async (db, note) =>
            {
                await vault.DeleteAsync(db, OwnerOf(id));
                note.About("repository", id);
            }, CancellationToken.None);
            throw;
        }
    }

    /// <summary>TimeLocker forgets it; the repository itself stays as it is.</summary>
    public Task RemoveAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return audit.ChangeAsync(who, "repository.removed", async (db, note) =>
        {
            var repository = await FindAsync(db, id, ct);
            if (await db.Plans.FirstOrDefaultAsync(p => p.RepositoryId == id && p.ArchivedAt == null, ct) is { } plan)
            {
                throw new ProblemException(ProblemKind.Conflict, $"“{repository.Name}” is still in use.", $"The plan “{plan.Name}” saves to it.", "Archive that plan first.");
            }

            if (await db.Runs.AnyAsync(r => r.RepositoryId == id && r.State != Core.Runs.RunState.Ended, ct))
            {
                throw new ProblemException(ProblemKind.Conflict, $"“{repository.Name}” is still in use.", "A run on it has not ended.", "Wait for it, or cancel it.");
            }

            if (await db.Repositories.FirstOrDefaultAsync(r => r.CopyOfId == id, ct) is { } copy)
            {
                throw new ProblemException(ProblemKind.Conflict, $"“{repository.Name}” is still in use.", $"“{copy.Name}” is a copy of it.", "Remove the copy from TimeLocker first.");
            }

            await db.Snapshots.Where(s => s.RepositoryId == id).ExecuteDeleteAsync(ct);
            await db.RepositoryDays.Where(d => d.RepositoryId == id).ExecuteDeleteAsync(ct);
            await db.Plans.Where(p => p.RepositoryId == id).ExecuteDeleteAsync(ct);
            await vault.DeleteAsync(db, OwnerOf(id));
            db.Repositories.Remove(repository);
            note.About("repository", id, new { resticId = repository.ResticId });
        }, ct);
    }

    /// <summary>All that restic needs, secrets included: for the moment of use, never to be kept.</summary>
    public async Task<ResticTarget> TargetAsync(Repository repository, CancellationToken ct)
    {
        var password = await vault.FindAsync(OwnerOf(repository.Id), PasswordField, ct)
            ?? throw new ProblemException(ProblemKind.Conflict,
                new($"The password of “{repository.Name}” is not in the vault.",
                    "The state directory was restored in part, or changed by hand.",
                    "Enter it on the repository's page, under Connection.")
                {
                    Step = NextStep.EnterPassword,
                });
        return backends.Of(repository.Backend).Target(new FieldValues(await ValuesAsync(repository, ct))) with { Password = password, PinnedId = repository.ResticId, PinnedConfig = repository.ConfigHash, AppendOnly = repository.AppendOnly };
    }

    /// <summary>Asks the machine of a repository. Where the password was changed in between, once more with the one that holds now.</summary>
    internal Task<T> AskAsync<T>(Repository repository, Func<ResticTarget, Question<T>> question, CancellationToken ct) =>
        UseAsync(repository, (agent, target) => agent.AskAsync(question(target), ct), _ => false, ct);

    /// <summary>All snapshots that it holds: all or none, since what is not in the list counts as removed.</summary>
    internal Task<List<Snapshot>> SnapshotsAsync(Repository repository, CancellationToken ct) =>
        UseAsync(repository, (agent, target) => agent.ReadAsync(new ListSnapshots(target), ct).ToListAsync(ct).AsTask(), _ => false, ct);

    /// <summary>The same for whatever uses a repository.</summary>
    /// <param name="refused">Which answers say no as a fault would.</param>
    internal async Task<T> UseAsync<T>(Repository repository, Func<IAgent, ResticTarget, Task<T>> use, Predicate<T> refused, CancellationToken ct)
    {
        var (agent, target) = (agents.Reach(repository.MachineId), await TargetAsync(repository, ct));
        ResticTarget now;
        try
        {
            var answer = await use(agent, target);
            if (!refused(answer) || !IsOther(now = await TargetAsync(repository, ct)))
            {
                return answer;
            }
        }
        catch (ProblemException)
        {
            if (!IsOther(now = await TargetAsync(repository, ct)))
            {
                throw;
            }
        }

        return await use(agent, now);

        bool IsOther(ResticTarget later) => later.Password.Reveal() != target.Password.Reveal();
    }

    /// <summary>With the backend's secrets.</summary>
    private async Task<Dictionary<string, string>> ValuesAsync(Repository repository, CancellationToken ct)
    {
        var values = new Dictionary<string, string>(repository.Values);
        foreach (var field in backends.Of(repository.Backend).Fields.Where(f => f.Type == FieldType.Secret))
        {
            values[field.Name] = (await vault.FindAsync(OwnerOf(repository.Id), FieldOf(field.Name), ct))?.Reveal() ?? "";
        }

        return values;
    }

    internal static string OwnerOf(Guid id) => $"repository:{id:N}";

    /// <summary>A backend's secret in the vault: it may be called “password”, too, and is not the repository's.</summary>
    internal static string FieldOf(string name) => $"backend.{name}";

    private static async Task<Repository> FindAsync(TimeLockerDb db, Guid id, CancellationToken ct) =>
        await db.Repositories.SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw Unknown();

    private static ProblemException Unknown() => ProblemException.NotFound("repository", "See the list of repositories.");

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
        foreach (var other in await ListAsync(ct))
        {
            var same = backends.Of(other.Backend).Target(new FieldValues(other.Values)).Location == target.Location && (other.Backend != backend.Kind || backend.Fields.Where(Places).All(f => other.Values.GetValueOrDefault(f.Name) == values[f.Name]));
            if (same || string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                throw new ProblemException(ProblemKind.Conflict, same ? "This repository is already in TimeLocker." : $"There is already a repository “{other.Name}”.",
                    same ? $"“{other.Name}” is at the same place." : "Names have to differ, or nobody can tell them apart.", same ? $"Use “{other.Name}”." : "Choose another name.");
            }
        }
    }

    // Two shares or containers of one name on different servers or accounts have the same address for restic.
    private static bool Places(Field field) => field is { Required: true, Type: FieldType.Text };
}
