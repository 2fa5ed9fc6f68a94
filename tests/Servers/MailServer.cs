using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace TimeLocker.Tests.Servers;

/// <summary>
/// A real mail server (aiosmtpd) with one account, which keeps what it gets. It knows no mailbox of nobody@, and takes
/// nothing for later@ now.
/// </summary>
public sealed class MailServer : TestServer
{
    public const string User = "ada", Password = "the mailbox's password";

    private const string Program = """
        import asyncio, email, email.policy, json, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult
        security, port, certificate, key, kept, user, password, login = sys.argv[1:9]
        class Keep:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith('nobody@'): return '550 there is no such mailbox'
                if address.startswith('later@'): return '451 come back later'
                envelope.rcpt_tos.append(address)
                return '250 OK'
            async def handle_DATA(self, server, session, envelope):
                mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
                with open(kept, 'a') as file:
                    file.write(json.dumps({'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'user': session.auth_data, 'secure': session.ssl is not None or security == 'TLS',
                        'headers': {name: str(value) for name, value in mail.items()}, 'names': mail.keys(), 'text': mail.get_content(), 'longest': max(len(l) for l in envelope.content.split(b'\r\n'))}) + '\n')
                return '250 OK'
        def sign_in(server, session, envelope, mechanism, data):
            good = data.login == user.encode() and data.password == password.encode()
            return AuthResult(success=good, handled=False, auth_data=data.login.decode() if good else None)
        async def serve():
            context = None
            if security != 'none':
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(certificate, key)
            make = lambda: SMTP(Keep(), hostname='mail.example', tls_context=context if security == 'STARTTLS' else None, require_starttls=security == 'STARTTLS',
                authenticator=sign_in, auth_required=security != 'none', auth_require_tls=security == 'STARTTLS', auth_exclude_mechanism=['PLAIN'] if login == 'yes' else [])
            server = await asyncio.get_running_loop().create_server(make, '127.0.0.1', int(port), ssl=context if security == 'TLS' else None)
            await server.serve_forever()
        asyncio.run(serve())
        """;

    private readonly string security;
    private readonly bool login;

    private MailServer(string security, bool login) : base("mail")
    {
        (this.security, this.login) = (security, login);
        File.WriteAllText(In("server.py"), Program);
        MakeCertificate();
    }

    /// <summary>The server's certificate, which is its own authority.</summary>
    public string Certificate { get; private set; } = "";

    public IReadOnlyList<JsonNode> Mails =>
        File.Exists(In("kept")) ? [.. File.ReadAllLines(In("kept")).Select(l => JsonNode.Parse(l)!)] : [];

    protected override IReadOnlyList<string> Command =>
        ["/usr/bin/python3", In("server.py"), security, $"{Port}", In("certificate"), In("key"), In("kept"), User,
            Password, login ? "yes" : "no"];

    /// <param name="security">none, STARTTLS or TLS.</param>
    /// <param name="login">Knows only the older of the two ways to sign in.</param>
    public static async Task<MailServer> NewAsync(string security, bool login = false)
    {
        var server = new MailServer(security, login);
        await server.StartAsync();
        return server;
    }

    private void MakeCertificate()
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
    }
}
