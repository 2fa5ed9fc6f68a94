using System.Net;
using System.Net.WebSockets;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

public sealed class OriginGuardTests : IAsyncLifetime
{
    private IdentityServer server = null!;

    public async Task InitializeAsync() => server = await IdentityServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    private string?[] Foreign =>
        [.. ((string?[])["http://evil.example", "null", "http://localhost:1", "https://localhost:PORT",
            "http://127.0.0.1:PORT", "http://localhost", "http://localhost:PORT.evil.example", "", "file://",
                null]).Select(o => o?.Replace("PORT", $"{server.Port}", StringComparison.Ordinal))];

    [Fact]
    public async Task A_foreign_page_cannot_post_the_sign_in_form()
    {
        using var browser = server.Open();
        foreach (var origin in Foreign)
        {
            (await browser.SendAsync(HttpMethod.Post, "/login", new FormUrlEncodedContent([]),
                origin)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, origin);
        }
    }

    [Fact]
    public async Task A_foreign_page_cannot_use_the_session_for_an_operation()
    {
        using var browser = server.Open();
        (await browser.SignInAsync(IdentityServer.Admin, IdentityServer.Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        foreach (var origin in Foreign)
        {
            (await browser.SendAsync(HttpMethod.Post, "/api/v1/who", null,
                origin)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, origin);
            (await browser.SendAsync(HttpMethod.Delete, "/api/v1/who", null,
                origin)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, origin);
        }

        (await browser.SendAsync(HttpMethod.Post, "/api/v1/who", null, browser.Origin)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_foreign_page_cannot_open_a_circuit()
    {
        using var browser = server.Open();
        await browser.SignInAsync(IdentityServer.Admin, IdentityServer.Password);
        foreach (var origin in Foreign)
        {
            (await browser.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", null,
                origin)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, origin);
            (await browser.SendAsync(HttpMethod.Get, "/_blazor?id=x", null,
                origin)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, origin);
            (await SocketAsync(browser, origin)).ShouldBe(HttpStatusCode.Forbidden, origin);
        }
    }

    [Fact]
    public async Task Our_own_pages_open_a_circuit_once_somebody_is_signed_in()
    {
        using var browser = server.Open();
        (await browser.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", null,
            browser.Origin)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SocketAsync(browser, browser.Origin)).ShouldBe(HttpStatusCode.Unauthorized);
        await browser.SignInAsync(IdentityServer.Admin, IdentityServer.Password);
        (await browser.SendAsync(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1", null,
            browser.Origin)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SocketAsync(browser, browser.Origin)).ShouldBe(HttpStatusCode.SwitchingProtocols);
    }

    [Theory]
    [InlineData("cross-site", true, 403), InlineData("same-site", true, 403), InlineData("same-origin", true, 200),
        InlineData("none", true, 200)]
    [InlineData("same-origin", false, 200), InlineData("none", false, 403), InlineData("cross-site", false, 403)]
    public async Task What_the_browser_says_about_the_page_counts_too(string site, bool withOrigin, int status)
    {
        using var browser = server.Open();
        await browser.SignInAsync(IdentityServer.Admin, IdentityServer.Password);
        ((int)(await browser.SendAsync(HttpMethod.Post, "/api/v1/who", null, withOrigin ? browser.Origin : null,
            ("Sec-Fetch-Site", site))).StatusCode).ShouldBe(status);
        ((int)(await browser.SendAsync(HttpMethod.Post, "/api/v1/who", null, "null",
            ("Sec-Fetch-Site", site))).StatusCode).ShouldBe(site == "same-origin" ? 200 : 403);
    }

    [Fact]
    public async Task A_program_needs_no_origin_but_then_it_has_no_cookie()
    {
        var token = (await server.Get<TokenCatalog>().CreateAsync(new() { Name = "script", Role = Role.Viewer },
            server.Get<OwnerToken>().Actor)).Token;
        using var browser = server.Open();
        (string, string) bearer = ("Authorization", $"Bearer {token}");
        (await browser.SendAsync(HttpMethod.Post, "/api/v1/who", null, null, bearer)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.SendAsync(HttpMethod.Post, "/api/v1/who", null, "http://evil.example",
            bearer)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await browser.SignInAsync(IdentityServer.Admin, IdentityServer.Password);
        (await browser.SendAsync(HttpMethod.Post, "/api/v1/who", null, null, bearer)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<HttpStatusCode> SocketAsync(Browser browser, string? origin)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.Cookies = browser.Cookies;
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        try
        {
            await socket.ConnectAsync(new Uri($"ws://localhost:{server.Port}/_blazor"), default);
        }
        catch (WebSocketException)
        {
            // The status says what happened.
        }

        return socket.HttpStatusCode;
    }
}
