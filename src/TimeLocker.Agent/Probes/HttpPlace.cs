using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TimeLocker.Agent.Checks;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Probes;

/// <summary>A place that is reached over HTTP, for the few things that restic does not tell.</summary>
internal static class HttpPlace
{
    /// <summary>
    /// Asks once. What cannot be reached, or is no HTTP place, answers with null: what is not known is not claimed.
    /// </summary>
    /// <param name="signed">With the repository's credentials.</param>
    public static async Task<T?> AskAsync<T>(ResticTarget target, HttpMethod method, string address, bool signed,
        Func<HttpResponseMessage, Task<T?>> read, CancellationToken ct)
    {
        using var http = Open(target);
        using var request = new HttpRequestMessage(method, address);
        if (signed)
        {
            Authorize(request, target);
        }

        try
        {
            using var answer = await http.SendAsync(request, ct);
            return await read(answer);
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return default;
        }
    }

    private static void Authorize(HttpRequestMessage request, ResticTarget target)
    {
        string Of(string name) => target.Environment.GetValueOrDefault(name)?.Reveal() ?? "";
        if (target.Location.StartsWith("s3:", StringComparison.Ordinal))
        {
            S3Signature.Sign(request, Of("AWS_ACCESS_KEY_ID"), Of("AWS_SECRET_ACCESS_KEY"), Of("AWS_SESSION_TOKEN"),
                Of("AWS_DEFAULT_REGION"), TimeProvider.System.GetUtcNow());
        }
        else if (Of("RESTIC_REST_USERNAME") is { Length: > 0 } user)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{Of("RESTIC_REST_PASSWORD")}")));
        }
    }

    private static HttpClient Open(ResticTarget target)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };

        // As restic does with RESTIC_CACERT: that authority and no other.
        if (target.Files.TryGetValue("ca.pem", out var authority))
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPem(authority.Reveal());
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 64 * 1024 };
    }
}
