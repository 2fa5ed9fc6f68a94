using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

public sealed class SignInTests : IAsyncLifetime
{
    private IdentityServer server = null!;

    public async Task InitializeAsync() => server = await IdentityServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    private Actor Owner => server.Get<OwnerToken>().Actor;

    [Fact]
    public async Task With_the_right_password_one_is_in()
    {
        using var browser = server.Open();
        (await browser.Http.GetAsync("/")).Headers.Location!.PathAndQuery.ShouldStartWith("/login?returnUrl=");
        (await browser.Http.GetAsync("/api/v1/who")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await browser.SignInAsync(" GRACE ", IdentityServer.Password)).Headers.Location!.ToString().ShouldBe("/");
        (await browser.Http.GetStringAsync("/")).ShouldBe("the overview");
        var user = (await server.Get<UserCatalog>().ListAsync()).ShouldHaveSingleItem();
        user.SignedInAt.ShouldBe(server.Clock.GetUtcNow());
        (user.PasswordHash, user.SecurityStamp is null or { Length: 36 }).ShouldBe((null, true));
        (await server.AuditAsync()).ShouldContain("\"kind\":\"user.signed-in\"");
    }

    [Fact]
    public async Task The_session_cookie_is_for_this_site_and_not_for_scripts()
    {
        using var browser = server.Open();
        var cookies = (await browser.SignInAsync(IdentityServer.Admin,
            IdentityServer.Password)).Headers.GetValues("Set-Cookie").ToList();
        cookies.Count.ShouldBe(2);
        foreach (var cookie in cookies)
        {
            cookie.ToLowerInvariant().ShouldContain("httponly");
            cookie.ToLowerInvariant().ShouldContain("samesite=strict");
        }
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_name_and_a_disabled_account_look_the_same()
    {
        var gone = await server.Get<UserCatalog>()
            .CreateAsync(new() { Name = "gone", Role = Role.Viewer, Password = new(IdentityServer.Password) }, Owner);
        await server.Get<UserCatalog>().DisableAsync(gone.Id, Owner);
        var seen = new List<string>();
        foreach (var (name, password) in ((string, string)[])[(IdentityServer.Admin, "wrong password"),
            ("nobody", "wrong password"), ("gone", IdentityServer.Password)])
        {
            using var browser = server.Open();
            var answer = await browser.SignInAsync(name, password);
            var body = await answer.Content.ReadAsStringAsync();
            seen.Add($"{(int)answer.StatusCode} {System.Text.RegularExpressions.Regex.Replace(body, "value=\"[^\"]*\"", "")}");
        }

        seen.Distinct().ShouldHaveSingleItem().ShouldStartWith("401");
    }

    [Fact]
    public async Task An_unknown_name_costs_a_hash_too()
    {
        var hasher = new CountingHasher();
        var accounts = new Accounts(hasher, server.Get<ILookupNormalizer>(), server.Clock);
        var desk = new SignInDesk(server.Get<AuditLog>(), server.Get<IDbContextFactory<TimeLockerDb>>(), accounts,
            new(server.Clock), server.Clock);
        (await desk.TryAsync("nobody", new("wrong password"), null, default)).User.ShouldBeNull();
        hasher.Verified.ShouldBe(1);
        (await desk.TryAsync(IdentityServer.Admin, new("wrong password"), null, default)).User.ShouldBeNull();
        hasher.Verified.ShouldBe(2);
    }

    [Fact]
    public void Each_wrong_password_makes_the_next_one_wait_longer_up_to_a_minute()
    {
        var (delay, waits) = (new SignInDelay(server.Clock), new List<double>());
        for (var i = 0; i < 11; i++)
        {
            delay.Begin("name").ShouldBeNull();
            var wait = i < 2 ? TimeSpan.Zero : delay.Begin("name")!.Value;
            waits.Add(wait.TotalSeconds);
            server.Clock.Advance(wait);
        }

        waits.ShouldBe([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        delay.Succeeded("name");
        delay.Begin("name").ShouldBeNull();
    }

    [Theory, InlineData(IdentityServer.Admin), InlineData("nobody")]
    public async Task A_name_that_nobody_has_waits_like_the_others(string name)
    {
        var desk = server.Get<SignInDesk>();
        for (var i = 0; i < 3; i++)
        {
            (await desk.TryAsync(name, new("wrong password"), null, default)).ShouldBe(new SignIn(null));
        }

        (await desk.TryAsync(name, new(IdentityServer.Password), null, default)).ShouldBe(new SignIn(null,
            TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task While_one_waits_the_right_password_is_answered_429()
    {
        using var browser = server.Open();
        for (var i = 0; i < 3; i++)
        {
            (await browser.SignInAsync(IdentityServer.Admin, "wrong password")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        var early = await browser.SignInAsync(IdentityServer.Admin, IdentityServer.Password);
        early.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        early.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await browser.SignInAsync(IdentityServer.Admin, IdentityServer.Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task Somebody_elses_guessing_does_not_keep_the_owner_out_of_a_browser_they_know()
    {
        using var mine = server.Open();
        await mine.SignInAsync(IdentityServer.Admin, IdentityServer.Password);
        (await mine.PostAsync("/logout", [])).StatusCode.ShouldBe(HttpStatusCode.Redirect);
        for (var i = 0; i < 3; i++)
        {
            await server.Get<SignInDesk>().TryAsync(IdentityServer.Admin, new("wrong password"), null, default);
        }

        using var other = server.Open();
        (await other.SignInAsync(IdentityServer.Admin,
            IdentityServer.Password)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await mine.SignInAsync(IdentityServer.Admin, IdentityServer.Password)).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task An_address_has_twenty_sign_ins_a_minute()
    {
        using var browser = server.Open();
        for (var i = 0; i < 20; i++)
        {
            (await browser.SendAsync(HttpMethod.Post, "/login", new FormUrlEncodedContent([]),
                browser.Origin)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }

        var more = await browser.SendAsync(HttpMethod.Post, "/login", new FormUrlEncodedContent([]), browser.Origin);
        more.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        more.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("/plans?x=1", "/plans?x=1"), InlineData("//evil.example", "/"), InlineData("/\\evil.example", "/"),
        InlineData("http://evil.example", "/"), InlineData("/\t/evil.example", "/"), InlineData("", "/")]
    public async Task One_is_sent_on_to_pages_of_this_server_only(string wanted, string got)
    {
        using var browser = server.Open();
        var answer = await browser.PostAsync("/login",
            new() { ["name"] = IdentityServer.Admin, ["password"] = IdentityServer.Password, ["returnUrl"] = wanted });
        answer.Headers.Location!.ToString().ShouldBe(got);
    }

    [Fact]
    public async Task The_form_does_not_work_without_its_token_nor_with_a_huge_body()
    {
        using var browser = server.Open();
        Dictionary<string, string> right = new() { ["name"] = IdentityServer.Admin, ["password"] = IdentityServer.Password };
        (await browser.SendAsync(HttpMethod.Post, "/login", new FormUrlEncodedContent(right),
            browser.Origin)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        right["password"] = new string('x', 64 * 1024);
        var huge = await browser.PostAsync("/login", right);
        ((int)huge.StatusCode).ShouldBeOneOf(400, 413);
    }

    private sealed class CountingHasher : PasswordHasher<User>
    {
        public int Verified { get; private set; }

        public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
        {
            Verified++;
            return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
