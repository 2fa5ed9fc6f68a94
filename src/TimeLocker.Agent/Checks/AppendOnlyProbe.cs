using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether restic's server lets nothing be removed: it refuses even to remove what cannot exist.</summary>
internal static class AppendOnlyProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task<bool> AskAsync(ResticTarget target, CancellationToken ct)
    {
        if (!target.Location.StartsWith("rest:http", StringComparison.Ordinal))
        {
            return false;
        }

        using var http = new HttpClient(Handler(target)) { Timeout = Limit };
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{target.Location["rest:".Length..]}data/{new string('0', 64)}");
        if (target.Environment.TryGetValue("RESTIC_REST_USERNAME", out var user))
        {
            var pair = $"{user.Reveal()}:{target.Environment.GetValueOrDefault("RESTIC_REST_PASSWORD")?.Reveal()}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return response.StatusCode == HttpStatusCode.Forbidden;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false; // restic reached it a moment ago; what is not known is not claimed
        }
    }

    // As restic does with RESTIC_CACERT: that authority and no other.
    private static SocketsHttpHandler Handler(ResticTarget target)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (target.Files.TryGetValue("ca.pem", out var authority))
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(authority.Reveal());
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }
}
