using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Tests.Core.Repositories;

/// <summary>
/// Every kind of place that comes with TimeLocker, each with all its fields filled in and a secret in every secret
/// field.
/// </summary>
internal static class BackendExamples
{
    private static readonly string Certificate = MakeCertificate(),
        PrivateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportECPrivateKeyPem();

    public static IReadOnlyList<IRepositoryBackend> All { get; } = BuiltInExtensions.Of(new() { Data = "/" },
        TimeProvider.System).Of<IRepositoryBackend>();

    public static IRepositoryBackend Of(string kind) => All.Single(b => b.Kind == kind);

    public static Dictionary<string, string> Full(IRepositoryBackend backend) =>
        backend.Fields.ToDictionary(f => f.Name, f => (backend.Kind, f.Name) switch
    {
        ("s3", "endpoint") => "https://minio.example.org:9000",
        ("s3", "pathStyle") => "true",
        ("sftp", "port") => "2222",
        ("sftp", "path") => "/srv/rest ic/50% #1",
        ("sftp", "hostKey") =>
            "# backup.example.org:2222 SSH-2.0-OpenSSH\n[backup.example.org]:2222 ssh-ed25519 "
            + "AAAAC3NzaC1lZDI1NTE5AAAAIIgealvY8GswfGX0vazwDxdZT3QV6Yu5UMH4R4uEV2O1",
        (_, "privateKey") => PrivateKey,
        (_, "credentials") => """{"type":"service_account","private_key":"canary-credentials"}""",
        (_, "caCertificate") => Certificate,
        _ when f.Type == FieldType.Secret => $"canary-{f.Name}",
        _ => f.Example ?? f.Default ?? throw new InvalidOperationException($"{backend.Kind}.{f.Name} has no example"),
    });

    /// <summary>Only what must be there.</summary>
    public static Dictionary<string, string> Least(IRepositoryBackend backend)
    {
        var full = Full(backend);
        return backend.Fields.Where(f => f.Required).ToDictionary(f => f.Name, f => full[f.Name]);
    }

    private static string MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=office", key,
            HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.ExportCertificatePem();
    }
}
