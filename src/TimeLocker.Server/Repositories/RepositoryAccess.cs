using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Secrets;

namespace TimeLocker.Server.Repositories;

/// <summary>What restic needs to reach a repository, and questions to the machine that does.</summary>
public sealed class RepositoryAccess(SecretVault vault, AgentRegistry agents, BackendCatalog backends)
{
    internal const string PasswordField = "password";

    /// <summary>All that restic needs, secrets included: for the moment of use, never to be kept.</summary>
    public async Task<ResticTarget> TargetAsync(Repository repository, CancellationToken ct) =>
        await TargetAsync(repository, await PasswordAsync(repository, ct), ct);

    /// <summary>The kit of a repository; one that cannot be addressed now has a kit, too.</summary>
    internal async Task<RecoveryKit> KitAsync(Repository repository, CancellationToken ct)
    {
        var password = await PasswordAsync(repository, ct);
        try
        {
            return RecoveryKit.For(repository, await TargetAsync(repository, password, ct));
        }
        catch (ProblemException)
        {
            return RecoveryKit.WithoutAddress(repository, password);
        }
    }

    private async Task<ResticTarget> TargetAsync(Repository repository, Secret password, CancellationToken ct) =>
        backends.For(repository).Target(new FieldValues(await ValuesAsync(repository, ct))) with
        {
            Password = password,
            PinnedId = repository.ResticId,
            PinnedConfig = repository.ConfigHash,
            AppendOnly = repository.AppendOnly,
        };

    private async Task<Secret> PasswordAsync(Repository repository, CancellationToken ct) =>
        await vault.FindAsync(OwnerOf(repository.Id), PasswordField, ct)
            ?? throw new ProblemException(ProblemKind.Conflict,
                Problems.PasswordNotInVault(repository.Name) with
                {
                    Step = NextStep.EnterPassword,
                });

    /// <summary>
    /// Asks the home of a repository. Where the password was changed in between, once more with the one that holds now.
    /// </summary>
    internal Task<T> AskAsync<T>(Repository repository, Func<ResticTarget, Question<T>> question, CancellationToken ct) =>
        UseAsync(repository, (agent, target) => agent.AskAsync(question(target), ct), _ => false, ct);

    /// <summary>All snapshots that it holds: all or none, since what is not in the list counts as removed.</summary>
    internal Task<List<Snapshot>> SnapshotsAsync(Repository repository, CancellationToken ct) =>
        UseAsync(repository, (agent, target) => agent.ReadAsync(new ListSnapshots(target), ct).ToListAsync(ct).AsTask(),
            _ => false, ct);

    /// <summary>The same for whatever uses a repository.</summary>
    /// <param name="refused">Which answers say no as a fault would.</param>
    /// <param name="machine">Null: its home.</param>
    internal async Task<T> UseAsync<T>(
        Repository repository, Func<IAgent, ResticTarget, Task<T>> use, Predicate<T> refused, CancellationToken ct,
        Guid? machine = null)
    {
        var (agent, target) = (agents.Reach(machine ?? repository.HomeId), await TargetAsync(repository, ct));
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
    internal async Task<Dictionary<string, string>> ValuesAsync(Repository repository, CancellationToken ct)
    {
        var values = new Dictionary<string, string>(repository.Values);
        foreach (var field in backends.For(repository).Fields.Where(f => f.Type == FieldType.Secret))
        {
            values[field.Name] = (await vault.FindAsync(OwnerOf(repository.Id), FieldOf(field.Name), ct))?.Reveal() ?? "";
        }

        return values;
    }

    internal static string OwnerOf(Guid id) => $"repository:{id:N}";

    /// <summary>A backend's secret in the vault: it may be called “password”, too, and is not the repository's.</summary>
    internal static string FieldOf(string name) => $"backend.{name}";
}
