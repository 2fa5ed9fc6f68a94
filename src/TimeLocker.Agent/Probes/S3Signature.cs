using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using TimeLocker.Agent.Checks;

namespace TimeLocker.Agent.Probes;

/// <summary>Signs a request without a body as S3 wants it (AWS Signature Version 4).</summary>
internal static class S3Signature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    public static void Sign(HttpRequestMessage request, string keyId, string secret, string session, string region,
        DateTimeOffset now)
    {
        var (stamp, day) = (now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
            now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
        var address = request.RequestUri!;
        SortedDictionary<string, string> headers = new(StringComparer.Ordinal)
        {
            ["host"] = address.IsDefaultPort ? address.Host : address.Authority,
            ["x-amz-content-sha256"] = Hash(""),
            ["x-amz-date"] = stamp,
        };
        if (session.Length > 0)
        {
            headers["x-amz-security-token"] = session;
        }

        var names = string.Join(';', headers.Keys);
        var query = address.Query.TrimStart('?') is { Length: > 0 } given
            && !given.Contains('=', StringComparison.Ordinal) ? given + "=" : address.Query.TrimStart('?');
        var canonical =
            $"{request.Method}\n{address.AbsolutePath}\n{query}\n{string.Concat(headers.Select(h => $"{h.Key}:{h.Value}\n"))}\n{names}\n{Hash("")}";
        var scope = $"{day}/{region}/s3/aws4_request";
        var key = ((string[])[day, region, "s3", "aws4_request"]).Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), Mac);
        var signature = Convert.ToHexStringLower(Mac(key, $"{Algorithm}\n{stamp}\n{scope}\n{Hash(canonical)}"));
        foreach (var (name, value) in headers.Where(h => h.Key != "host"))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.Authorization = new AuthenticationHeaderValue(Algorithm,
            $"Credential={keyId}/{scope},SignedHeaders={names},Signature={signature}");
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
