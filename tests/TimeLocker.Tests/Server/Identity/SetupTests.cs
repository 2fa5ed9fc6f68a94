using System.Net;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

public sealed class SetupTests : IAsyncLifetime
{
    private IdentityServer server = null!;

    public async Task InitializeAsync() => server = await IdentityServer.StartAsync(setUp: false);

    public async Task DisposeAsync() => await server.DisposeAsync();

    private static Dictionary<string, string> Form(string token, string password = IdentityServer.Password) =>
        new() { ["token"] = token, ["name"] = IdentityServer.Admin, ["password"] = password, ["again"] = password };

    [Theory]
    [InlineData("/"), InlineData("/login"), InlineData("/api/v1/who"), InlineData("/nothing"),
        InlineData("/_blazor/negotiate"), InlineData("/setup/x"), InlineData("/SETUP.")]
    public async Task Before_the_setup_every_other_address_answers_503(string path)
    {
        using var browser = server.Open();
        (await browser.Http.GetAsync(path)).StatusCode.ShouldBe(path == "/_blazor/negotiate" ? HttpStatusCode.Forbidden
            : HttpStatusCode.ServiceUnavailable);
        (await browser.SendAsync(HttpMethod.Post, path, null,
            browser.Origin)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task The_pages_before_sign_in_answer_HEAD_like_GET()
    {
        using var browser = server.Open();
        (await browser.SendAsync(HttpMethod.Head, "/setup", null, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await server.Get<SetupGate>().CreateFirstAdminAsync(IdentityServer.Admin, new Secret(IdentityServer.Password));
        (await browser.SendAsync(HttpMethod.Head, "/login", null, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.SendAsync(HttpMethod.Head, "/setup", null, null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_link_of_the_console_fills_the_token_in_and_a_mistake_keeps_it()
    {
        using var browser = server.Open();
        var token = await server.Get<SetupGate>().TokenAsync();
        (await browser.Http.GetStringAsync($"/setup?token={token}")).ShouldContain($"value=\"{token}\"");
        var form = Form(token);
        form["again"] = "another password";
        (await (await browser.PostAsync("/setup", form)).Content.ReadAsStringAsync()).ShouldContain($"value=\"{token}\"");
    }

    [Fact]
    public async Task Before_the_setup_a_browser_is_shown_the_way()
    {
        using var browser = server.Open();
        var answer = await browser.SendAsync(HttpMethod.Get, "/", null, null, ("Accept", "text/html"));
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("href=\"/setup\"");
        (await browser.Http.GetStringAsync("/healthz")).ShouldBe("ok");
    }

    [Fact]
    public async Task The_token_makes_the_first_Admin_once_and_signs_in()
    {
        using var browser = server.Open();
        var token = await server.Get<SetupGate>().TokenAsync();
        File.ReadAllText(Path.Combine(server.Data, "setup-token")).Trim().ShouldBe(token);
        File.GetUnixFileMode(Path.Combine(server.Data, "setup-token")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var done = await browser.PostAsync("/setup", Form(token));
        done.StatusCode.ShouldBe(HttpStatusCode.Redirect, await done.Content.ReadAsStringAsync());
        done.Headers.Location!.ToString().ShouldBe("/start");
        (await browser.Http.GetStringAsync("/api/v1/who")).ShouldEndWith(" Admin Ui");

        File.Exists(Path.Combine(server.Data, "setup-token")).ShouldBeFalse();
        (await browser.Http.GetAsync("/setup")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var again = await Should.ThrowAsync<ProblemException>(() => server.Get<SetupGate>().CompleteAsync(token,
            "second", new Secret(IdentityServer.Password)));
        again.Kind.ShouldBe(ProblemKind.Conflict);
        (await server.AuditAsync()).ShouldContain("\"kind\":\"setup.completed\"");
    }

    [Fact]
    public async Task Five_wrong_tokens_close_the_setup_even_for_the_right_one()
    {
        using var browser = server.Open();
        var token = await server.Get<SetupGate>().TokenAsync();
        for (var i = 0; i < SetupGate.Tries; i++)
        {
            (await browser.PostAsync("/setup", Form("wrong"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        var late = await browser.PostAsync("/setup", Form(token));
        late.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await late.Content.ReadAsStringAsync()).ShouldContain("The setup is closed.");
        server.Get<SetupGate>().IsOpen.ShouldBeTrue();
        File.Exists(Path.Combine(server.Data, "setup-token")).ShouldBeFalse();
    }

    [Fact]
    public async Task After_half_an_hour_the_token_is_worth_nothing()
    {
        using var browser = server.Open();
        var token = await server.Get<SetupGate>().TokenAsync();
        server.Clock.Advance(SetupGate.Window);
        (await browser.PostAsync("/setup", Form(token))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_bad_password_does_not_use_up_the_token()
    {
        using var browser = server.Open();
        var token = await server.Get<SetupGate>().TokenAsync();
        (await browser.PostAsync("/setup", Form(token, "short"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var different = Form(token);
        different["again"] = "something else entirely";
        (await browser.PostAsync("/setup", different)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await browser.PostAsync("/setup",
            Form(token.Replace("-", " ", StringComparison.Ordinal).ToUpperInvariant().Replace(" ", "",
                StringComparison.Ordinal)))).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Without_a_token_asked_for_nothing_opens_the_setup()
    {
        using var browser = server.Open();
        (await browser.PostAsync("/setup", Form(""))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_owner_of_the_state_directory_needs_no_token()
    {
        var user = await server.Get<SetupGate>().CreateFirstAdminAsync("ada", new Secret(IdentityServer.Password));
        user.Role.ShouldBe(Role.Admin);
        server.Get<SetupGate>().IsOpen.ShouldBeFalse();
        await Should.ThrowAsync<ProblemException>(() => server.Get<SetupGate>().CreateFirstAdminAsync("eve",
            new Secret(IdentityServer.Password)));
    }
}
