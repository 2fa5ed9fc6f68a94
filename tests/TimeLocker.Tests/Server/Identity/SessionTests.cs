using System.Net;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

public sealed class SessionTests : IAsyncLifetime
{
    private const string Name = "olga";

    private IdentityServer server = null!;
    private Browser browser = null!;
    private string id = "";

    private UserCatalog Users => server.Get<UserCatalog>();
    private Actor Owner => server.Get<OwnerToken>().Actor;

    public async Task InitializeAsync()
    {
        server = await IdentityServer.StartAsync();
        id = (await Users.CreateAsync(new()
        {
            Name = Name,
            Role = Role.Operator,
            Password = new(IdentityServer.Password),
        }, Owner)).Id;
        browser = server.Open();
        (await browser.SignInAsync(Name, IdentityServer.Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await WhoAsync()).ShouldBe($"{id} Operator Ui");
    }

    public async Task DisposeAsync()
    {
        browser.Dispose();
        await server.DisposeAsync();
    }

    private async Task<string> WhoAsync()
    {
        var answer = await browser.Http.GetAsync("/api/v1/who");
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : $"{(int)answer.StatusCode}";
    }

    [Fact]
    public async Task Signing_out_ends_the_session_on_the_server_not_only_in_the_browser()
    {
        var stolen = browser.Cookies.GetAllCookies().Single(c => c.Name == "timelocker-0").Value;
        (await browser.PostAsync("/logout", [])).Headers.Location!.ToString().ShouldBe("/login?signedOut=yes");
        (await WhoAsync()).ShouldBe("401");
        (await browser.SendAsync(HttpMethod.Get, "/api/v1/who", null, null,
            ("Cookie", $"timelocker-0={stolen}"))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Signing_out_needs_the_form_of_our_own_page()
    {
        (await browser.SendAsync(HttpMethod.Post, "/logout", null, browser.Origin)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await WhoAsync()).ShouldNotBe("401");
    }

    [Theory, InlineData("disable"), InlineData("role"), InlineData("reset"), InlineData("own")]
    public async Task A_change_of_the_account_ends_its_sessions_at_once(string change)
    {
        await (change switch
        {
            "disable" => Users.DisableAsync(id, Owner),
            "role" => Users.ChangeRoleAsync(id, Role.Viewer, Owner),
            "reset" => Users.ResetPasswordAsync(id, new("another long password"), Owner),
            _ => Users.ChangeOwnPasswordAsync(new(IdentityServer.Password), new("another long password"),
                new(id, Name, Role.Operator, Via.Ui)),
        });
        (await WhoAsync()).ShouldBe("401");
        (await browser.SignInAsync(Name, change is "reset" or "own" ? "another long password" : IdentityServer.Password)).StatusCode
            .ShouldBe(change == "disable" ? HttpStatusCode.Unauthorized : HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_session_slides_and_ends_after_twelve_quiet_hours()
    {
        for (var i = 0; i < 3; i++)
        {
            server.Clock.Advance(TimeSpan.FromHours(8));
            (await WhoAsync()).ShouldNotBe("401");
        }

        server.Clock.Advance(TimeSpan.FromHours(12.1));
        (await WhoAsync()).ShouldBe("401");
    }

    [Fact]
    public async Task A_session_outlives_a_restart_of_the_server()
    {
        var cookie = browser.Cookies.GetAllCookies().Single(c => c.Name == "timelocker-0").Value;
        await server.StopAsync();
        server = await IdentityServer.StartAsync(data: server.Data);
        using var same = server.Open();
        (await same.SendAsync(HttpMethod.Get, "/api/v1/who", null, null,
            ("Cookie", $"timelocker-0={cookie}"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_was_signed_out_stays_so_after_a_restart_and_nothing_else_does()
    {
        using var other = server.Open();
        await other.SignInAsync(Name, IdentityServer.Password);
        var (stolen, kept) = (SessionOf(browser), SessionOf(other));
        await browser.PostAsync("/logout", []);
        (await server.AuditAsync()).ShouldContain("user.signed-out");
        await server.StopAsync();
        server = await IdentityServer.StartAsync(data: server.Data);
        using var thief = server.Open();

        (await StatusAsync(thief, stolen),
            await StatusAsync(thief, kept)).ShouldBe((HttpStatusCode.Unauthorized, HttpStatusCode.OK));
    }

    [Fact]
    public async Task The_end_of_a_session_is_remembered_as_long_as_its_cookie_could_live()
    {
        await browser.PostAsync("/logout", []);
        server.Clock.Advance(Sessions.Length * 0.9);
        await SignInAndOutAsync();
        (await EndsAsync()).ShouldBe(2);

        server.Clock.Advance(Sessions.Length * 0.9);
        await SignInAndOutAsync();

        (await EndsAsync()).ShouldBe(2);
    }

    private static string SessionOf(Browser browser) => browser.Cookies.GetAllCookies().Single(c => c.Name == "timelocker-0").Value;

    private static async Task<HttpStatusCode> StatusAsync(Browser thief, string session) =>
        (await thief.SendAsync(HttpMethod.Get, "/api/v1/who", null, null,
            ("Cookie", $"timelocker-0={session}"))).StatusCode;

    private async Task SignInAndOutAsync()
    {
        (await browser.SignInAsync(Name, IdentityServer.Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await browser.PostAsync("/logout", [])).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    private async Task<int> EndsAsync()
    {
        await using var db = await server.Get<IDbContextFactory<TimeLockerDb>>().CreateDbContextAsync();
        return await db.UserTokens.CountAsync(t => t.UserId == id);
    }

    [Fact]
    public async Task Over_TLS_the_session_is_bound_to_this_very_host()
    {
        await using var secure = await IdentityServer.StartAsync(tls: true);
        using var own = secure.Open();
        var cookies = (await own.SignInAsync(IdentityServer.Admin,
            IdentityServer.Password)).Headers.GetValues("Set-Cookie").Select(c => c.ToLowerInvariant()).ToList();
        cookies.Count.ShouldBe(2);
        cookies.ShouldAllBe(c => c.StartsWith("__host-timelocker-") && c.Contains("; secure") && c.Contains("; path=/;")
            && !c.Contains("domain="));
        (await own.Http.GetStringAsync("/api/v1/who")).ShouldEndWith(" Admin Ui");
        (await own.SendAsync(HttpMethod.Post, "/api/v1/who", null,
            own.Origin.Replace("https", "http",
                StringComparison.Ordinal))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await own.PostAsync("/logout", [])).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await own.Http.GetAsync("/api/v1/who")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }


    [Fact]
    public async Task A_token_is_not_taken_for_pages_nor_a_cookie_of_another_kind()
    {
        using var program = server.Open();
        var bearer = ("Authorization", $"Bearer {server.Get<OwnerToken>().Value}");
        (await program.SendAsync(HttpMethod.Get, "/", null, null, bearer)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await program.SendAsync(HttpMethod.Get, "/_blazor?id=x", null, program.Origin,
            bearer)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await program.SendAsync(HttpMethod.Get, "/api/v1/who?access_token=" + server.Get<OwnerToken>().Value, null,
            null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
