using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Restic;

/// <summary>The keys of a repository: each is the same master key, locked with a password of its own.</summary>
internal sealed partial class ResticKeys(ResticProcess restic)
{
    public async Task<IReadOnlyList<RepositoryKey>> ListAsync(ResticTarget target, CancellationToken ct)
    {
        var said = Judged(await restic.AskAsync(target, ResticArguments.KeyList(target), ResticProcess.QuickLimit, ct), target);
        return [.. (JsonSerializer.Deserialize(said.Output, ResticKeyJson.Default.ListResticKey) ?? []).Select(k => k.ToKey())];
    }

    public async Task<string> AddAsync(AddKey wanted, CancellationToken ct)
    {
        var said = Judged(await restic.AskAsync(wanted.Target,
            ResticArguments.KeyAdd(wanted.Target, wanted.User, wanted.Host), ResticProcess.LongLimit, ct,
            second: wanted.Password), wanted.Target);
        return SavedKey().Match(Encoding.UTF8.GetString(said.Output)) is { Success: true } saved ? saved.Groups[1].Value
            : throw new ProblemException(ProblemKind.Upstream, Problems.ResticsAnswerNotUnderstoodLook);
    }

    public async Task<bool> RemoveAsync(RemoveKey wanted, CancellationToken ct)
    {
        Judged(await restic.AskAsync(wanted.Target, ResticArguments.KeyRemove(wanted.Target, wanted.KeyId),
            ResticProcess.LongLimit, ct), wanted.Target);
        return true;
    }

    private static ChildResult Judged(ChildResult said, ResticTarget target) =>
        said is { ExitCode: ResticExit.Ok, TimedOut: false, Truncated: false } ? said
            : throw ResticExit.Exception(said, new Redactor(target));

    [GeneratedRegex("saved new key with ID ([0-9a-f]{64})")]
    private static partial Regex SavedKey();
}

/// <summary>A key as <c>key list --json</c> prints it; its time is in the zone of the child, which is UTC.</summary>
internal sealed record ResticKey(string Id, string UserName, string HostName, string Created, bool Current)
{
    public RepositoryKey ToKey() => new(Id, UserName, HostName,
        DateTimeOffset.TryParseExact(Created, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.UnixEpoch, Current);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<ResticKey>))]
internal sealed partial class ResticKeyJson : JsonSerializerContext;
