using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Single files of a repository on a REST or S3 server, looked at without restic: each call of restic costs as much as a small backup.
/// What cannot be seen in this way is not known, and restic is asked.
/// </summary>
internal static class HttpObjects
{
    /// <summary>SHA-256 (hex) of the config file, or null when it cannot be read.</summary>
    public static async Task<string?> ConfigHashAsync(ResticTarget target, TimeProvider time, CancellationToken ct) =>
        await AskAsync(target, HttpMethod.Get, "config", time, async answer => Convert.ToHexStringLower(SHA256.HashData(await answer.Content.ReadAsByteArrayAsync(ct))), ct);

    /// <summary>True: it is surely there. False: not known.</summary>
    public static async Task<bool> HasSnapshotAsync(ResticTarget target, string id, TimeProvider time) =>
        await AskAsync(target, HttpMethod.Head, $"snapshots/{id}", time, _ => Task.FromResult("there"), CancellationToken.None) is not null;

    public static void Authorize(HttpRequestMessage request, ResticTarget target, TimeProvider time)
    {
        string Of(string name) => target.Environment.GetValueOrDefault(name)?.Reveal() ?? "";
        if (target.Location.StartsWith("s3:", StringComparison.Ordinal))
        {
            S3Signature.Sign(request, Of("AWS_ACCESS_KEY_ID"), Of("AWS_SECRET_ACCESS_KEY"), Of("AWS_SESSION_TOKEN"), Of("AWS_DEFAULT_REGION"), time.GetUtcNow());
        }
        else if (Of("RESTIC_REST_USERNAME") is { Length: > 0 } user)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Of("RESTIC_REST_PASSWORD")}")));
        }
    }

    private static async Task<string?> AskAsync(ResticTarget target, HttpMethod method, string file, TimeProvider time, Func<HttpResponseMessage, Task<string>> read, CancellationToken ct)
    {
        if (!target.Location.StartsWith("rest:http", StringComparison.Ordinal) && !target.Location.StartsWith("s3:http", StringComparison.Ordinal))
        {
            return null;
        }

        using var http = HttpPlace.Open(target);
        using var request = new HttpRequestMessage(method, $"{target.Location[(target.Location.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimEnd('/')}/{file}");
        Authorize(request, target, time);
        try
        {
            using var answer = await http.SendAsync(request, ct);
            return answer.StatusCode == HttpStatusCode.OK ? await read(answer) : null;
        }
        catch (Exception e) when (HttpPlace.IsSilent(e, ct))
        {
            return null;
        }
    }
}
