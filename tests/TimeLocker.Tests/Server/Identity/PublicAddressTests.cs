using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Api;
using TimeLocker.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

/// <summary>
/// An address of another name, behind a proxy on this machine: what it may be, who sets it, and what a request for it
/// counts as.
/// </summary>
public sealed partial class PublicAddressTests : IAsyncLifetime
{
    private IdentityServer server = null!;

    private PublicAddress Address => server.Get<PublicAddress>();

    public async Task InitializeAsync()
    {
        server = await IdentityServer.StartAsync();
        await Address.SetAsync("https://backup.example", DeskRig.Admin);
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [InlineData("https://backup.example", "https://backup.example")]
    [InlineData(" HTTPS://Backup.Example:443/ ", "https://backup.example")]
    [InlineData("https://backup.example:8443", "https://backup.example:8443")]
    [InlineData("http://nas", "http://nas")]
    [InlineData("http://nas:80/", "http://nas")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("https://192.168.1.10:9000", "https://192.168.1.10:9000")]
    [InlineData("https://[2001:DB8:0::1]", "https://[2001:db8::1]")]
    [InlineData("", null), InlineData("  ", null), InlineData(null, null)]
    public void It_is_kept_as_browsers_write_it(string? typed, string? kept) =>
        WebAddress.Checked(typed)?.ToString().ShouldBe(kept);

    [Theory]
    [InlineData("backup.example"), InlineData("ftp://backup.example"), InlineData("javascript:alert(1)"),
        InlineData("//backup.example"), InlineData("https://"), InlineData("https:///x")]
    [InlineData("https://backup.example/app"), InlineData("https://backup.example/.."),
        InlineData("https://backup.example//"), InlineData("https://backup.example?x=1"),
        InlineData("https://backup.example#x")]
    [InlineData("https://grace@backup.example"), InlineData("https://grace:secret@backup.example"),
        InlineData("https://good.example\\@evil.example"), InlineData("https://good.example\\evil")]
    [InlineData("https://backup.example:0"), InlineData("https://backup.example:65536"),
        InlineData("https://backup.example:99999"), InlineData("https://backup.example:"),
        InlineData("https://backup.example:44 3")]
    [InlineData("https://2130706433"), InlineData("https://0x7f.1"), InlineData("https://127.1"),
        InlineData("https://010.0.0.1"), InlineData("https://1.2.3.4.5"), InlineData("https://0.0.0.0"),
        InlineData("https://[::]"), InlineData("https://[::ffff:127.0.0.1]"), InlineData("https://[fe80::1%25eth0]")]
    [InlineData("https://backup.example."), InlineData("https://.example"), InlineData("https://back..up"),
        InlineData("https://-backup.example"), InlineData("https://ba_ckup"), InlineData("https://back%2eup"),
        InlineData("https://a b"), InlineData("https://a\nHost: b"), InlineData("https://a\u202eb"),
        InlineData("https://a,b")]
    public void What_could_be_read_in_two_ways_is_refused(string typed) =>
        Should.Throw<ProblemException>(() => WebAddress.Checked(typed))
            .ShouldSatisfyAllConditions(e => e.Kind.ShouldBe(ProblemKind.Invalid),
            e => e.Problem.What.Full.ShouldBe("This cannot be the public address."));

    [Fact]
    public async Task An_Admin_sets_it_and_the_audit_trail_tells_of_it()
    {
        (await Should.ThrowAsync<ProblemException>(() => Address.SetAsync("https://evil.example",
            DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Address.SetAsync("http://nas:9000", DeskRig.Admin)).ShouldBe(new("http://nas:9000", "http://localhost:0",
            "http://nas:9000", Readable: true, Revision: 3));
        (await server.AuditAsync()).ShouldContain("""
            "kind":"address.set","obj":"setting:public.address","data":{"changed":{"value":{"before":"https://backup.example","after":"http://nas:9000"}}}
            """.Trim());

        var data = server.Data;
        await server.StopAsync();
        server = await IdentityServer.StartAsync(data: data);
        await Address.LoadAsync(default);
        Address.Links.ShouldBe("http://nas:9000", "it is kept");
        (await Address.SetAsync("", DeskRig.Admin)).ShouldBe(new(null, "http://localhost:0", "http://localhost:0",
            Readable: false, Revision: 4));
        (await AskAsync("GET /healthz", "Host: nas:9000")).ShouldBe(400);
    }

    [Theory]
    [InlineData("https://backup.example", 401), InlineData("http://backup.example", 403),
        InlineData("https://backup.example:8443", 403), InlineData("https://backup.example.evil.example", 403)]
    [InlineData("http://localhost:PORT", 403), InlineData("null", 403), InlineData("https://evil.example", 403)]
    public async Task Only_its_own_pages_change_something_or_open_a_circuit(string origin, int status)
    {
        (await AskAsync("POST /api/v1/who", $"Host: backup.example\nOrigin: {origin}\nContent-Length: 0")).ShouldBe(status);
        (await AskAsync("POST /_blazor/negotiate?negotiateVersion=1",
            $"Host: backup.example\nOrigin: {origin}\nContent-Length: 0")).ShouldBe(status);
        (await AskAsync("GET /_blazor?id=x", $"Host: backup.example\nOrigin: {origin}")).ShouldBe(status);
        (await AskAsync("POST /api/v1/who",
            $"Host: localhost:PORT\nOrigin: https://backup.example\nContent-Length: 0")).ShouldBe(403,
            "a page of the other name is a stranger here");
    }

    [Fact]
    public async Task Its_cookies_are_secure_and_open_nothing_under_another_name()
    {
        using var http = new HttpClient(new HttpClientHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
        })
        { BaseAddress = server.Address };
        using var form = await SendAsync(http, HttpMethod.Get, "/login", "backup.example");
        var fields = new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = TokenField().Match(await form.Content.ReadAsStringAsync()).Groups[1].Value,
            ["name"] = IdentityServer.Admin,
            ["password"] = IdentityServer.Password,
            ["returnUrl"] = "/",
        };
        using var signedIn = await SendAsync(http, HttpMethod.Post, "/login", "backup.example", Cookies(form),
            new FormUrlEncodedContent(fields));

        signedIn.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var made = signedIn.Headers.GetValues("Set-Cookie").ToList();
        made.AddRange(form.Headers.GetValues("Set-Cookie"));
        made.Count.ShouldBe(3);
        made.ShouldAllBe(c => c.Contains("; secure", StringComparison.OrdinalIgnoreCase)
            && c.Contains("samesite=strict", StringComparison.OrdinalIgnoreCase)
            && c.Contains("httponly", StringComparison.OrdinalIgnoreCase));
        made.ShouldAllBe(c => c.StartsWith("__Host-timelocker-", StringComparison.Ordinal));
        (await SendAsync(http, HttpMethod.Get, "/", "backup.example", Cookies(signedIn))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(http, HttpMethod.Get, "/", $"localhost:{server.Port}",
            Cookies(signedIn))).StatusCode.ShouldBe(HttpStatusCode.Redirect, "without TLS nobody reads such a cookie");
    }

    [Fact]
    public async Task Who_guesses_passwords_slows_down_nobody_but_himself()
    {
        async Task<int> TryAsync(string host, string from) =>
            await AskAsync("POST /login",
                $"Host: {host}\nOrigin: {(host == "backup.example" ? "https://" : "http://")}{host}\nX-Forwarded-For: {from}\nContent-Length: 0");
        for (var i = 0; i < 20; i++)
        {
            (await TryAsync("backup.example", $"198.51.100.{i}, 203.0.113.5")).ShouldBe(400,
                "what stands before the last is his own invention");
        }

        (await TryAsync("backup.example", "198.51.100.77, 203.0.113.5")).ShouldBe(429);
        (await TryAsync("backup.example", "203.0.113.6")).ShouldBe(400);
        for (var i = 0; i < 20; i++)
        {
            (await TryAsync("localhost:PORT", $"203.0.113.{i + 10}")).ShouldBe(400);
        }

        (await TryAsync("localhost:PORT", "203.0.113.99")).ShouldBe(429,
            "no proxy passes this name on: the header is worth nothing");
    }

    [Theory, InlineData("127.0.0.1", true), InlineData("::1", true), InlineData("::ffff:127.0.0.1", true),
        InlineData("192.168.1.7", false), InlineData("203.0.113.5", false), InlineData(null, false)]
    public void A_request_for_it_counts_only_from_this_machine(string? from, bool accepted)
    {
        var context = new DefaultHttpContext();
        (context.Request.Scheme, context.Request.Headers.Host, context.Connection.RemoteIpAddress) = ("http",
            "backup.example", from is null ? null : IPAddress.Parse(from));

        ReverseProxy.Accepts(context, new(true, "backup.example")).ShouldBe(accepted);

        context.Request.Scheme.ShouldBe(accepted ? "https" : "http");
    }

    private Task<int> AskAsync(string line, string headers) =>
        server.RawAsync(
            $"{line} HTTP/1.1\n{headers.Replace("PORT", $"{server.Port}", StringComparison.Ordinal)}\nConnection: close");

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpMethod method, string path,
        string host, string? cookies = null, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content, Headers = { Host = host } };
        request.Headers.Add("Origin", host == "backup.example" ? "https://backup.example" : $"http://{host}");
        if (cookies is not null)
        {
            request.Headers.Add("Cookie", cookies);
        }

        return await http.SendAsync(request);
    }

    private static string Cookies(HttpResponseMessage answer) =>
        string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
