using System.Net;
using TimeLocker.Agent.Checks;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Probes;

/// <summary>
/// Whether it is the bucket that is missing. restic only sees that an object is not there; the server tells more to
/// whoever asks for the bucket, even without keys.
/// </summary>
internal static class BucketProbe
{
    public static async Task<bool> MissingAsync(ResticTarget target, CancellationToken ct)
    {
        if (!target.Location.StartsWith("s3:http", StringComparison.Ordinal))
        {
            return false;
        }

        var address = new Uri(target.Location["s3:".Length..]);
        return await HttpPlace.AskAsync(target, HttpMethod.Get,
            new Uri(address, $"/{address.Segments[1].TrimEnd('/')}?location").AbsoluteUri, signed: false,
            async answer => answer.StatusCode == HttpStatusCode.NotFound
                && (await answer.Content.ReadAsStringAsync(ct)).Contains("NoSuchBucket", StringComparison.Ordinal), ct);
    }
}
