using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TimeLocker.Core;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>
/// One mail over SMTP (RFC 5321): in the clear, STARTTLS (RFC 3207) or TLS from the start (RFC 8314), AUTH PLAIN or
/// LOGIN. The framework's own client knows neither the third nor a Message-ID that stays. Whether a refusal is for ever
/// is said by the server: 4xx is for now, 5xx for good.
/// </summary>
internal sealed class SmtpClient(SmtpServer server) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30); // servers make strangers wait before they greet

    private readonly TcpClient tcp = new();
    private Stream stream = Stream.Null;
    private SmtpLines lines = new(Stream.Null);
    private HashSet<string> offers = [];

    /// <param name="mail">Headers and text, in lines of ASCII that end with CR LF.</param>
    /// <exception cref="ProblemException">Of kind Unavailable: later perhaps. Else: not before a person has changed
    /// something.</exception>
    public static async Task SendAsync(SmtpServer server, string from, IReadOnlyList<string> to, string mail, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        await using var client = new SmtpClient(server);
        try
        {
            await client.OpenAsync(limit.Token);
            await client.SignInAsync(limit.Token);
            await client.HandOverAsync(from, to, mail, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Later(Texts.DidNotAnswerIn);
        }
        catch (AuthenticationException)
        {
            throw Never(Texts.SecureConnectionCouldNot, Texts.CheckServersNamePort);
        }
        catch (SocketException fault)
        {
            throw Later(fault.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
                ? Texts.NoServerName : Texts.NothingAnswersAddressPort);
        }
        catch (IOException)
        {
            throw Later(Texts.ConnectionBrokeWherePort);
        }
    }

    private async Task OpenAsync(CancellationToken ct)
    {
        await tcp.ConnectAsync(server.Host, server.Port, ct);
        Use(tcp.GetStream());
        if (server.Security == SmtpSecurity.Tls)
        {
            await SecureAsync(ct);
        }

        await ExpectAsync(220, ct);
        await GreetAsync(ct);
        if (server.Security == SmtpSecurity.StartTls)
        {
            if (!offers.Contains("STARTTLS"))
            {
                throw Never(Texts.DoesNotOfferStarttls, Texts.ChooseTlsPortOr);
            }

            await AskAsync("STARTTLS", 220, ct);
            if (!lines.IsEmpty)
            {
                throw Never(Texts.SaidMoreThanMay, Texts.AskWhoRunsMail);
            }

            await SecureAsync(ct);
            await GreetAsync(ct); // what it said in the clear does not count
        }
    }

    private async Task GreetAsync(CancellationToken ct)
    {
        var answer = await AskAsync("EHLO timelocker.invalid", 250, ct);
        offers = [.. answer.Lines.Skip(1).Select(l => l.ToUpperInvariant())];
    }

    private async Task SecureAsync(CancellationToken ct)
    {
        var secure = new SslStream(stream);
        stream = secure; // disposed with the rest, whatever happens
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = server.Host,
            CertificateChainPolicy = Trusted(),
        }, ct);
        Use(secure);
    }

    private X509ChainPolicy? Trusted()
    {
        if (server.Authority.Length == 0)
        {
            return null;
        }

        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPem(server.Authority);
        return policy;
    }

    private async Task SignInAsync(CancellationToken ct)
    {
        if (server.User.Length == 0)
        {
            return;
        }

        var ways = offers.FirstOrDefault(o => o.StartsWith("AUTH ", StringComparison.Ordinal))?.Split(' ') ?? [];
        if (ways.Contains("PLAIN"))
        {
            await SignedInAsync(await lines.AskAsync($"AUTH PLAIN {Encoded($"\0{server.User}\0{server.Password}")}", ct));
        }
        else if (ways.Contains("LOGIN"))
        {
            await AskAsync("AUTH LOGIN", 334, ct);
            await AskAsync(Encoded(server.User), 334, ct);
            await SignedInAsync(await lines.AskAsync(Encoded(server.Password), ct));
        }
        else
        {
            throw Never(Texts.OffersNoWaySign, Texts.ChooseAnotherEncryptionOr);
        }
    }

    private static Task SignedInAsync(SmtpAnswer answer) => answer.Code switch
    {
        235 => Task.CompletedTask,
        >= 500 => throw Never(Texts.DoesNotAcceptUser, Texts.EnterThemAgainMany),
        _ => throw Later(Texts.CouldNotSignIn(answer.Code)),
    };

    private async Task HandOverAsync(string from, IReadOnlyList<string> to, string mail, CancellationToken ct)
    {
        await AskAsync($"MAIL FROM:<{from}>", 250, ct);
        List<string> refused = [];
        foreach (var one in to)
        {
            var answer = await lines.AskAsync($"RCPT TO:<{one}>", ct);
            if (answer.Code >= 500)
            {
                refused.Add(one);
            }
            else if (answer.Code is not (250 or 251))
            {
                throw Later(Texts.DoesNotTakeMail(one, answer.Code)); // before anybody has it: the next try is for all
            }
        }

        if (refused.Count < to.Count)
        {
            await AskAsync("DATA", 354, ct);
            await AskAsync(mail + ".", 250, ct);
            await QuitAsync(ct);
        }

        if (refused.Count > 0)
        {
            throw Never(Texts.TakesNoMailOthers(string.Join(", ", refused), refused.Count < to.Count), Texts.CorrectAddresses);
        }
    }

    // The mail is theirs now: whatever happens here changes nothing.
    private async Task QuitAsync(CancellationToken ct)
    {
        try
        {
            await lines.AskAsync("QUIT", ct);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException)
        {
        }
    }

    private void Use(Stream now) => (stream, lines) = (now, new SmtpLines(now));

    private async Task<SmtpAnswer> AskAsync(string command, int expected, CancellationToken ct) =>
        Checked(await lines.AskAsync(command, ct), expected);

    private async Task ExpectAsync(int expected, CancellationToken ct) => Checked(await lines.ReadAsync(ct), expected);

    private static SmtpAnswer Checked(SmtpAnswer answer, int expected) => answer.Code == expected ? answer
        : answer.Code >= 500 ? throw Never(Texts.RefusedMail(answer.Code), Texts.CheckSenderRecipientsWho)
        : throw Later(Texts.DoesNotTakeMailNow(answer.Code));

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static ProblemException Later(Text why) =>
        new(ProblemKind.Unavailable, Texts.MailServerCannotTake, why, Texts.TriedAgainItselfIf);

    private static ProblemException Never(Text why, Text next) => new(ProblemKind.Upstream, Texts.MailServerDidNot, why, next);

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        tcp.Dispose();
    }
}
