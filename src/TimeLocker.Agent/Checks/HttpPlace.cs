using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Checks;

/// <summary>A place that is reached over HTTP, for the few things that restic does not tell.</summary>
internal static class HttpPlace
{
    public static HttpClient Open(ResticTarget target)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };

        // As restic does with RESTIC_CACERT: that authority and no other.
        if (target.Files.TryGetValue("ca.pem", out var authority))
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(authority.Reveal());
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 64 * 1024 };
    }

    /// <summary>It gave no answer. restic reached it a moment ago, so what is not known is not claimed.</summary>
    public static bool IsSilent(Exception fault, CancellationToken ct) => fault is HttpRequestException || (fault is OperationCanceledException && !ct.IsCancellationRequested);
}
