using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Notices.Channels;
using TimeLocker.Tests.Doubles;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>What holds for every channel that speaks HTTP, asked of each with a real receiver.</summary>
public sealed class ChannelContractTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private readonly Receiver receiver = new();

    public static TheoryData<string> Kinds => [.. ChannelFixture.All.Where(f => f.Value is HttpChannelFixture).Select(f => f.Key)];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await receiver.DisposeAsync();

    private INoticeChannel Of(string kind) =>
        BuiltInExtensions.Of(new() { Data = "/" }, clock).Of<INoticeChannel>().Single(c => c.Kind == kind);

    private Task SendAsync(string kind, NoticeMessage? what = null, FieldValues? values = null) =>
        Of(kind).SendAsync(what ?? Samples.Failure, (values ?? Samples.Values(kind, receiver.Address)).Checked(Of(kind)), default);

    [Theory, MemberData(nameof(Kinds))]
    public async Task Its_request_is_what_the_service_expects(string kind)
    {
        await SendAsync(kind);
        var (path, body) = kind switch
        {
            "webhook" => ("/hook/canary9path?key=canary9query",
                """{"key":"run:7:failed","event":"failed","level":"error","title":"“Documents” failed.","text":"The disk is full.\nMake room on it.","subject":"Documents","url":"http://localhost:8484/runs/7","at":"2026-03-01T12:00:00Z","installation":"cellar"}"""),
            "ntfy" => ("/",
                """{"topic":"canary9topic","title":"“Documents” failed.","message":"The disk is full.\nMake room on it.\nDocuments · cellar","priority":5,"tags":["rotating_light"],"click":"http://localhost:8484/runs/7"}"""),
            "gotify" => ("/message",
                """{"title":"“Documents” failed.","message":"The disk is full.\nMake room on it.\nDocuments · cellar","priority":8,"extras":{"client::display":{"contentType":"text/plain"},"client::notification":{"click":{"url":"http://localhost:8484/runs/7"}}}}"""),
            "slack" => ("/hook/canary9path",
                """{"text":":rotating_light: *“Documents” failed.*\nThe disk is full.\nMake room on it.\nDocuments · cellar\n<http://localhost:8484/runs/7|Open in TimeLocker>"}"""),
            "discord" => ("/hook/canary9path",
                """{"embeds":[{"title":"“Documents” failed.","description":"The disk is full.\nMake room on it.\nDocuments · cellar","url":"http://localhost:8484/runs/7","color":12986408,"timestamp":"2026-03-01T12:00:00Z"}],"allowed_mentions":{"parse":[]}}"""),
            "teams" => ("/hook/canary9path",
                """{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","body":[{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"“Documents” failed.","weight":"Bolder","size":"Medium","color":"Attention"}]},{"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"The disk is full.\nMake room on it.\nDocuments · cellar","weight":"Default","size":"Default","color":"Default"}]}],"actions":[{"type":"Action.OpenUrl","title":"Open in TimeLocker","url":"http://localhost:8484/runs/7"}]}}]}"""),
            "telegram" => ("/bot123:canary9token/sendMessage",
                """{"chat_id":"-42","text":"🔴 “Documents” failed.\nThe disk is full.\nMake room on it.\nDocuments · cellar\nhttp://localhost:8484/runs/7","disable_notification":false,"link_preview_options":{"is_disabled":true}}"""),
            _ => ("/hook/canary9path/fail", "\"“Documents” failed.\\nThe disk is full.\\nMake room on it.\\nDocuments · cellar\""),
        };
        receiver.Last.Method.ShouldBe("POST");
        receiver.Last.Path.ShouldBe(path);
        receiver.Last.Headers["idempotency-key"].ShouldBe("run:7:failed");
        var got = kind == "healthchecks" ? JsonValue.Create(receiver.Last.Body) : JsonNode.Parse(receiver.Last.Body)!;
        JsonNode.DeepEquals(got, JsonNode.Parse(body)).ShouldBeTrue(receiver.Last.Body);
        (receiver.Last.Headers.GetValueOrDefault("authorization"),
            receiver.Last.Headers.GetValueOrDefault("x-gotify-key")).ShouldBe((kind == "ntfy" ? "Bearer tk_canary9token"
                : null, kind == "gotify" ? "canary9token" : null));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task No_text_can_become_a_header_markup_or_another_member(string kind)
    {
        await SendAsync(kind, Samples.Hostile);
        var received = receiver.All.ShouldHaveSingleItem();
        received.Headers.Keys.ShouldNotContain("x-evil");
        received.Headers.Keys.ShouldNotContain("bcc");
        if (kind == "healthchecks")
        {
            return; // plain text is plain text
        }

        var json = JsonNode.Parse(received.Body)!.AsObject();
        json.ContainsKey("x").ShouldBeFalse();
        json.Count.ShouldBe(kind switch { "webhook" => 9, "ntfy" => 6, "gotify" => 4, "slack" => 1, "telegram" => 4, _ => 2 });
        switch (kind)
        {
            case "slack":
                json["text"]!.ToString().ShouldNotContain("<!channel>");
                json["text"]!.ToString().ShouldNotContain("<@everyone>");
                break;
            case "discord":
                json["embeds"]![0]!["title"]!.ToString().ShouldContain(@"\[l\](http");
                break;
            case "telegram":
                json.ContainsKey("parse_mode").ShouldBeFalse();
                break;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_may_pass_is_told_apart_from_what_will_not(string kind)
    {
        foreach (var status in (int[])[408, 429, 500, 502, 503])
        {
            receiver.Answers(status);
            (await FaultAsync(kind)).Kind.ShouldBe(ProblemKind.Unavailable, $"{status}");
        }

        foreach (var status in (int[])[400, 401, 403, 404, 410, 413, 422])
        {
            receiver.Answers(status);
            (await FaultAsync(kind)).Kind.ShouldBe(ProblemKind.Upstream, $"{status}");
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_redirect_is_never_followed(string kind)
    {
        await using var elsewhere = new Receiver();
        foreach (var status in (int[])[301, 302, 307, 308])
        {
            receiver.Answers(status, "", $"{elsewhere.Address}/caught");
            (await FaultAsync(kind)).Problem.Why.Full.ShouldContain("another address");
        }

        elsewhere.All.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_address_of_the_own_network_is_refused_unless_it_is_meant(string kind)
    {
        var secured = Samples.Values(kind, $"https://127.0.0.1:{receiver.Port}", ownNetwork: false);
        (await FaultAsync(kind, secured)).Problem.Next.Full.ShouldContain("in my own network");
        (await FaultAsync(kind, secured)).Kind.ShouldBe(ProblemKind.Invalid);
        (await FaultAsync(kind,
            Samples.Values(kind, $"https://localhost:{receiver.Port}",
                ownNetwork: false))).Problem.Next.Full.ShouldContain("in my own network");
        (await FaultAsync(kind,
            Samples.Values(kind, receiver.Address, ownNetwork: false))).Problem.Why.Full.ShouldContain("http://");
        receiver.All.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Its_problems_never_show_what_is_secret(string kind)
    {
        foreach (var said in (string[])["canary9token canary9path canary9key",
            """{"description":"bad token canary9token"}""", """{"message":"tk_canary9token"}""",
                "no such hook canary9path"])
        {
            receiver.Answers(400, said);
            var fault = await FaultAsync(kind);
            $"{fault.Problem} {fault.Message}".ShouldNotContain("canary9");
        }

        receiver.Answers(400, """{"description":"Bad Request: chat not found"}""");
        (await FaultAsync(kind)).Problem.Why.Full.ShouldBe("It answered 400: “Bad Request: chat not found”.");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_receiver_that_is_not_there_is_asked_again_later(string kind) =>
        (await FaultAsync(kind, Samples.Values(kind, $"http://127.0.0.1:{Ports.Free()}"))).Kind.ShouldBe(ProblemKind.Unavailable);

    [Theory, MemberData(nameof(Kinds))]
    public void A_secret_with_a_line_break_is_refused(string kind)
    {
        foreach (var field in Of(kind).Fields.Where(f => f.Type == FieldType.Secret))
        {
            var values = new Dictionary<string,
                string>(Samples.Values(kind,
                    receiver.Address).All)
            { [field.Name] = "https://x.example/a\r\nX-Evil: 1" };
            Should.Throw<ProblemException>(() => new FieldValues(values).Checked(Of(kind))).Kind.ShouldBe(ProblemKind.Invalid);
        }
    }

    [Fact]
    public async Task An_answer_without_an_end_is_not_read_and_the_message_counts_as_taken()
    {
        var written = 0L;
        receiver.Answer = async (_, response, ct) =>
        {
            for (var chunk = new byte[64 * 1024]; written < 1 << 30; written += chunk.Length)
            {
                await response.OutputStream.WriteAsync(chunk, ct);
            }
        };
        await SendAsync("webhook");
        written.ShouldBeLessThan(64 << 20); // what the sockets of both sides hold
    }

    [Fact]
    public async Task A_receiver_that_says_nothing_is_given_up_after_five_seconds()
    {
        receiver.Answer = (_, _, ct) => Task.Delay(Timeout.Infinite, ct);
        var fault = await FaultAsync("webhook");
        (fault.Kind, fault.Problem.Why.Full).ShouldBe((ProblemKind.Unavailable, "It did not answer within five seconds."));
    }

    [Fact]
    public async Task A_webhook_is_signed_with_its_time()
    {
        await SendAsync("webhook");
        var timestamp = receiver.Last.Headers["x-timelocker-timestamp"];
        timestamp.ShouldBe($"{clock.GetUtcNow().ToUnixTimeSeconds()}");
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes("canary9key"),
            Encoding.UTF8.GetBytes($"{timestamp}.{receiver.Last.Body}"));
        receiver.Last.Headers["x-timelocker-signature"].ShouldBe("v1=" + Convert.ToHexStringLower(expected));
    }

    [Fact]
    public async Task A_template_is_filled_in_once_and_stays_what_it_is()
    {
        var values = new Dictionary<string,
            string>(Samples.Values("webhook",
                receiver.Address).All)
        {
            ["template"] =
                """{"a": "{{title}}", "b": ["{{ text }}", "{{level}}"], "c": "{{what}} {{"}"""
        };
        await SendAsync("webhook", Samples.Hostile, new(values));
        var json = JsonNode.Parse(receiver.Last.Body)!;
        json["a"]!.ToString().ShouldBe(Samples.Hostile.Title);
        json["b"]![0]!.ToString().ShouldBe(Samples.Hostile.Text);
        json["c"]!.ToString().ShouldBe("{{what}} {{");

        await SendAsync("webhook", null,
            new(new Dictionary<string, string>(values)
            {
                ["template"] = "{{event}}: {{title}}",
                ["contentType"] = "text/plain",
            }));
        (receiver.Last.Body,
            receiver.Last.Headers["content-type"]).ShouldBe(("failed: “Documents” failed.",
                "text/plain; charset=utf-8"));
    }

    [Theory]
    [InlineData("""{"a": "{{title}}", "b": {"c": ["{{text}}"]}}""", true)]
    [InlineData("""{"a": "{{title}}" """, false)]
    [InlineData("""{"a": {{title}}}""", false)]
    [InlineData("""["{{title}}",""", false)]
    [InlineData("{{event}}: {{title}}", true)]
    public void A_template_that_begins_like_JSON_has_to_be_JSON(string template, bool good) =>
        (new WebhookChannel(null!, clock).Fields.Single(f => f.Name == "template").Rule!(template) is null).ShouldBe(good);

    [Fact]
    public async Task A_ping_says_success_trouble_or_a_note()
    {
        foreach (var what in (NoticeEvent[])[NoticeEvent.Succeeded, NoticeEvent.Alive, NoticeEvent.RetentionPending])
        {
            await SendAsync("healthchecks", Samples.Failure with { Event = what, Level = NoticeLevel.Info });
        }

        await SendAsync("healthchecks", Samples.Failure with { Event = NoticeEvent.Missed, Level = NoticeLevel.Warning });
        receiver.All.Select(r => r.Path)
            .ShouldBe(["/hook/canary9path", "/hook/canary9path", "/hook/canary9path/log", "/hook/canary9path/fail"]);
    }

    [Theory]
    [InlineData("93.184.216.34", true, true)]
    [InlineData("2606:2800:220:1::1", true, true)]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("10.1.2.3", false, true)]
    [InlineData("172.31.255.255", false, true)]
    [InlineData("192.168.1.1", false, true)]
    [InlineData("100.64.0.1", false, true)]
    [InlineData("::1", false, true)]
    [InlineData("fd00::1", false, true)]
    [InlineData("::ffff:10.0.0.1", false, true)]
    [InlineData("169.254.169.254", false, false)]
    [InlineData("::ffff:169.254.169.254", false, false)]
    [InlineData("0.0.0.0", false, false)]
    [InlineData("::", false, false)]
    [InlineData("fe80::1%1", false, false)]
    [InlineData("224.0.0.1", false, false)]
    [InlineData("255.255.255.255", false, false)]
    [InlineData("64:ff9b::a00:1", false, false)]
    [InlineData("2002:a00:1::1", false, false)]
    public void An_address_is_public_of_the_own_network_or_nobodys(string address, bool everywhere, bool nearby) =>
        (OutgoingAddress.IsPublic(IPAddress.Parse(address)),
            OutgoingAddress.IsPublicOrOwn(IPAddress.Parse(address))).ShouldBe((everywhere, nearby));

    private async Task<ProblemException> FaultAsync(string kind, FieldValues? values = null) =>
        await Should.ThrowAsync<ProblemException>(() => SendAsync(kind, null, values));
}
