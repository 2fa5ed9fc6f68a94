using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Agents;

namespace TimeLocker.Server.Repositories;

/// <summary>A kind of place, and whether this machine can reach such places.</summary>
/// <param name="WhyNot">One sentence; null where it is available, or nothing is known against it.</param>
public sealed record BackendOffer(string Kind, Text Title, IReadOnlyList<Field> Fields, Text? WhyNot)
{
    public bool Available => WhyNot is null;
}

/// <summary>
/// The kinds of places a repository can be, and what choosing one needs: the server's host key, a key pair of our own.
/// </summary>
public sealed class BackendCatalog(IEnumerable<IRepositoryBackend> backends, AgentRegistry agents, SshKeyPairs keyPairs)
{
    public IReadOnlyList<IRepositoryBackend> All { get; } = [.. backends];

    public IRepositoryBackend Of(string kind) => Find(kind)
        ?? throw ProblemException.Invalid(Problems.NoBackendTimelockerKnows(kind, string.Join(", ", All.Select(b => b.Kind))));

    /// <summary>Null: what added this kind is not there now.</summary>
    public IRepositoryBackend? Find(string kind) => All.FirstOrDefault(b => b.Kind == kind);

    /// <exception cref="ProblemException">of kind Unavailable: the plugin that adds this kind of place is not there
    /// now.</exception>
    public IRepositoryBackend For(Repository repository) => Find(repository.Backend)
        ?? throw new ProblemException(ProblemKind.Unavailable,
            Problems.CannotReachedKindPlace(repository.Name, repository.Backend));

    public async Task<IReadOnlyList<BackendOffer>> ListAsync(Guid? machine = null, CancellationToken ct = default)
    {
        var on = await agents.GetAsync(machine ?? agents.LocalId, ct);
        return [.. All.Select(b => new BackendOffer(b.Kind, b.Title, b.Fields, WhyNot(b, on)))];
    }

    /// <exception cref="ProblemException">The machine cannot reach such places.</exception>
    public async Task RequireAsync(IRepositoryBackend backend, Guid? machine, CancellationToken ct)
    {
        if (WhyNot(backend, await agents.GetAsync(machine ?? agents.LocalId, ct)) is { } why)
        {
            throw new ProblemException(ProblemKind.Unavailable, Texts.CannotUsedMachine(backend.Title), why,
                Texts.InstallWhatMissingCheck);
        }
    }

    /// <summary>What the server shows as its keys: to be compared by a person before one is trusted.</summary>
    public Task<IReadOnlyList<HostKey>> HostKeysAsync(SshServer server, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return agents.Reach(agents.LocalId).AskAsync(new ReadHostKeys((server.Host ?? "").Trim(), server.Port), ct);
    }

    public NewKeyPair MakeKeyPair(Actor who)
    {
        who.MustBe(Role.Admin);
        return keyPairs.Make();
    }

    /// <summary>The values with every key pair that was made here in the place of its name.</summary>
    public Dictionary<string, string> Resolved(IReadOnlyDictionary<string, string> values) =>
        values.ToDictionary(v => v.Key, v => keyPairs.Find(v.Value) is { } key ? key.Reveal() : v.Value);

    public void Forget(IReadOnlyDictionary<string, string> values)
    {
        foreach (var value in values.Values)
        {
            keyPairs.Forget(value);
        }
    }

    // Nothing is held against a kind of place before the machine was asked.
    private static Text? WhyNot(IRepositoryBackend backend, Machine on) => on.Schemes.Count == 0 ? null
        : backend.Scheme is { } scheme && !on.Schemes.Contains(scheme) ? Texts.ResticBuiltWithout(on.Name)
        : backend.Needs is { } program && !on.Programs.Contains(program) ? Texts.ProgramMissing(program, on.Name)
        : null;
}

/// <summary>An SSH server to be asked for its keys.</summary>
public sealed record SshServer
{
    public string? Host { get; init; }
    public int Port { get; init; } = 22;
}
