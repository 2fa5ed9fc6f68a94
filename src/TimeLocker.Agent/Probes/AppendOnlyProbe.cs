using System.Net;
using TimeLocker.Agent.Checks;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Probes;

/// <summary>Whether restic's server lets nothing be removed: it refuses even to remove what cannot exist.</summary>
internal static class AppendOnlyProbe
{
    public static async Task<bool> AskAsync(ResticTarget target, CancellationToken ct) =>
        target.Location.StartsWith("rest:http", StringComparison.Ordinal)
        && await HttpPlace.AskAsync(target, HttpMethod.Delete,
            $"{target.Location["rest:".Length..]}data/{new string('0', 64)}", signed: true,
            answer => Task.FromResult(answer.StatusCode == HttpStatusCode.Forbidden), ct);
}
