using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace TimeLocker.Tests.Servers;

/// <summary>restic's REST server with one account.</summary>
public sealed class RestServer : TestServer
{
    public const string User = "ada", Password = "the server's password";

    private readonly string[] options;

    private RestServer(bool tls, bool appendOnly) : base("rest")
    {
        Tls = tls;
        Directory.CreateDirectory(In("data"));
#pragma warning disable CA5350 // the server's password file knows nothing stronger that .NET can make
        File.WriteAllText(In("htpasswd"),
            $"{User}:{{SHA}}{Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(Password)))}\n");
#pragma warning restore CA5350
        options = [.. tls ? MakeCertificate() : [], .. appendOnly ? ["--append-only"] : (string[])[]];
    }

    public bool Tls { get; }

    /// <summary>The server's certificate, which is its own authority.</summary>
    public string Certificate { get; private set; } = "";

    protected override IReadOnlyList<string> Command =>
        [Programs.RestServer, "--listen", $"127.0.0.1:{Port}", "--path", In("data"), "--htpasswd-file", In("htpasswd"),
            "--private-repos", .. options];

    public static async Task<RestServer> NewAsync(bool tls = false, bool appendOnly = false)
    {
        var server = new RestServer(tls, appendOnly);
        await server.StartAsync();
        return server;
    }

    /// <param name="port">That of what stands before it.</param>
    public Place Place(string name, int? port = null)
    {
        var values = new Dictionary<string,
            string>
        {
            ["url"] = $"{(Tls ? "https" : "http")}://127.0.0.1:{port ?? Port}/{User}/{name}/",
            ["user"] = User,
            ["password"] = Password,
        };
        if (Tls)
        {
            values["caCertificate"] = Certificate;
        }

        return new("rest", values, In("data", User, name))
        {
            Address = $"rest:{values["url"]}",
            PlainEnvironment = new Dictionary<string, string>
            {
                ["RESTIC_REST_USERNAME"] = User,
                ["RESTIC_REST_PASSWORD"] = Password,
            },
        };
    }

    private string[] MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=loopback", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50),
            DateTimeOffset.UnixEpoch.AddYears(100));
        Certificate = certificate.ExportCertificatePem();
        File.WriteAllText(In("certificate"), Certificate);
        File.WriteAllText(In("key"), key.ExportPkcs8PrivateKeyPem());
        return ["--tls", "--tls-cert", In("certificate"), "--tls-key", In("key")];
    }
}
