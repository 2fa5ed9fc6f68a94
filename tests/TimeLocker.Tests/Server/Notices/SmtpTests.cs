using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Notices.Channels;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>Mail through a real mail server.</summary>
public sealed class SmtpTests
{
    private readonly EmailChannel channel = new();

    private Task SendAsync(MailServer server, string security, NoticeMessage? what = null,
        string to = "grace@example.org, ada@example.org", string password = MailServer.Password, bool trusted = true,
        string user = MailServer.User)
    {
        var values = new Dictionary<string, string>
        {
            ["host"] = "127.0.0.1",
            ["port"] = $"{server.Port}",
            ["security"] = security,
            ["user"] = user,
            ["password"] = user.Length == 0 ? "" : password,
            ["from"] = "backup@example.org",
            ["to"] = to,
            ["caCertificate"] = trusted ? server.Certificate : "",
        };
        return channel.SendAsync(what ?? Samples.Failure,
            new TimeLocker.Core.Extensions.FieldValues(values).Checked(channel), default);
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("STARTTLS", false)]
    [InlineData("STARTTLS", true)]
    [InlineData("TLS", false)]
    [InlineData("TLS", true)]
    public async Task A_mail_arrives(string security, bool oldSignIn)
    {
        await using var server = await MailServer.NewAsync(security, oldSignIn);
        await SendAsync(server, security);
        var mail = server.Mails.ShouldHaveSingleItem();
        (mail["from"]!.ToString(), mail["user"]?.ToString(),
            (bool)mail["secure"]!).ShouldBe(("backup@example.org", MailServer.User, security != "none"));
        mail["to"]!.AsArray().Select(t => t!.ToString()).ShouldBe(["grace@example.org", "ada@example.org"]);
        mail["headers"]!["Subject"]!.ToString().ShouldBe("[TimeLocker] “Documents” failed.");
        mail["headers"]!["To"]!.ToString().ShouldBe("grace@example.org, ada@example.org");
        mail["headers"]!["Date"]!.ToString().ShouldBe("Sun, 01 Mar 2026 12:00:00 +0000");
        mail["text"]!.ToString().ReplaceLineEndings("\n")
            .ShouldBe("“Documents” failed.\n\nThe disk is full.\nMake room on it.\n\nOpen in TimeLocker: "
            + "http://localhost:8484/runs/7\n\n-- \nDocuments · TimeLocker on cellar · 2026-03-01 12:00 UTC");
    }

    [Fact]
    public async Task The_message_id_is_that_of_the_event_and_no_text_becomes_a_header()
    {
        await using var server = await MailServer.NewAsync("none");
        var title = Samples.Hostile with { Title = Samples.Hostile.Title + string.Concat(Enumerable.Repeat("ü€🎈", 60)) };
        await SendAsync(server, "none", title);
        await SendAsync(server, "none", title with { At = title.At.AddHours(1) });
        await SendAsync(server, "none", Samples.Failure);
        var ids = server.Mails.Select(m => m["headers"]!["Message-ID"]!.ToString()).ToList();
        (ids[0] == ids[1], ids[0] == ids[2]).ShouldBe((true, false));
        foreach (var mail in server.Mails)
        {
            mail["names"]!.AsArray().Select(n => n!.ToString())
                .ShouldBe(["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Priority", "Importance",
                    "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]);
            ((int)mail["longest"]!).ShouldBeLessThanOrEqualTo(78);
        }

        server.Mails[0]["text"]!.ToString().ShouldContain("QUIT");
    }

    [Fact]
    public async Task A_wrong_password_is_for_good_and_is_not_shown()
    {
        await using var server = await MailServer.NewAsync("STARTTLS");
        var fault = await Should.ThrowAsync<ProblemException>(() => SendAsync(server, "STARTTLS", password: "canary-wrong"));
        fault.Kind.ShouldBe(ProblemKind.Upstream);
        $"{fault.Problem}".ShouldContain("user and password");
        $"{fault}".ShouldNotContain("canary");
    }

    [Fact]
    public async Task A_certificate_of_nobody_we_know_is_refused()
    {
        foreach (var security in (string[])["STARTTLS", "TLS"])
        {
            await using var server = await MailServer.NewAsync(security);
            var fault = await Should.ThrowAsync<ProblemException>(() => SendAsync(server, security, trusted: false));
            (fault.Kind,
                fault.Problem.Why.Full.Contains("certificate",
                    StringComparison.Ordinal)).ShouldBe((ProblemKind.Upstream, true));
            server.Mails.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Without_the_encryption_that_was_asked_for_nothing_is_sent()
    {
        await using var server = await MailServer.NewAsync("none");
        var fault = await Should.ThrowAsync<ProblemException>(() => SendAsync(server, "STARTTLS"));
        (fault.Kind,
            fault.Problem.Why.Full).ShouldBe((ProblemKind.Upstream,
                "It does not offer STARTTLS, and without encryption nothing is sent."));
        server.Mails.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mailbox_that_is_not_there_is_named_and_the_others_get_it()
    {
        await using var server = await MailServer.NewAsync("none");
        var fault = await Should.ThrowAsync<ProblemException>(() => SendAsync(server, "none",
            to: "nobody@example.org, ada@example.org", user: ""));
        (fault.Kind,
            fault.Problem.Why.Full).ShouldBe((ProblemKind.Upstream,
                "It takes no mail for nobody@example.org; the others have got it."));
        server.Mails.ShouldHaveSingleItem()["to"]!.AsArray().Select(t => t!.ToString()).ShouldBe(["ada@example.org"]);
    }

    [Fact]
    public async Task Not_now_is_later_for_all()
    {
        await using var server = await MailServer.NewAsync("none");
        (await Should.ThrowAsync<ProblemException>(() => SendAsync(server, "none",
            to: "ada@example.org, later@example.org", user: ""))).Kind.ShouldBe(ProblemKind.Unavailable);
        server.Mails.ShouldBeEmpty();
        await server.KillAsync();
        (await Should.ThrowAsync<ProblemException>(() => SendAsync(server, "none"))).Kind.ShouldBe(ProblemKind.Unavailable);
    }

    [Theory]
    [InlineData("ada@example.org\r\nRCPT TO:<eve@example.org>")]
    [InlineData("ada@example.org> SIZE=1")]
    [InlineData("Ada <ada@example.org>")]
    [InlineData("ada")]
    [InlineData("-")]
    public void An_address_that_is_more_than_an_address_is_refused(string to) =>
        Should.Throw<ProblemException>(() => new TimeLocker.Core.Extensions.FieldValues(new Dictionary<string,
            string>
        {
            ["host"] = "mail.example.org",
            ["from"] = "backup@example.org",
            ["to"] = to,
        }).Checked(channel)).Kind.ShouldBe(ProblemKind.Invalid);
}
