using System.Net;
using System.Security.Cryptography;
using TimeLocker.Agent.Checks;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Probes;

/// <summary>
/// Single files of a repository on a REST or S3 server, looked at without restic: each call of restic costs as much as
/// a small backup. What cannot be seen in this way is not known, and restic is asked.
/// </summary>
internal static class HttpObjects
{
    /// <summary>SHA-256 (hex) of the config file, or null when it cannot be read.</summary>
    public static Task<string?> ConfigHashAsync(ResticTarget target, CancellationToken ct) =>
        AskAsync(target, HttpMethod.Get, "config",
            async answer => Convert.ToHexStringLower(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync(ct))),
            ct);

    /// <summary>True: it is surely there. False: not known.</summary>
    public static async Task<bool> HasSnapshotAsync(ResticTarget target, string id) =>
        await AskAsync(target, HttpMethod.Head, $"snapshots/{id}", _ => Task.FromResult<string?>("there"),
            CancellationToken.None) is not null;

    private static async Task<string?> AskAsync(ResticTarget target, HttpMethod method, string file,
        Func<HttpResponseMessage, Task<string?>> read, CancellationToken ct) =>
        target.Location.StartsWith("rest:http", StringComparison.Ordinal)
            || target.Location.StartsWith("s3:http", StringComparison.Ordinal)
            ? await HttpPlace.AskAsync(target, method,
                $"{target.Location[(target.Location.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimEnd('/')}/{file}", signed: true,
                answer => answer.StatusCode == HttpStatusCode.OK ? read(answer) : Task.FromResult<string?>(null), ct)
            : null;
}
