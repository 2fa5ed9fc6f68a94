using Shouldly;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

public sealed class HeaderTests : IAsyncLifetime
{
    private IdentityServer server = null!;

    public async Task InitializeAsync() => server = await IdentityServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory, InlineData("/login"), InlineData("/"), InlineData("/api/v1/who"), InlineData("/healthz"),
        InlineData("/nothing"), InlineData("/_blazor/negotiate")]
    public async Task Every_answer_says_what_a_browser_may_do_with_it(string path)
    {
        using var browser = server.Open();
        var headers = (await browser.Http.GetAsync(path)).Headers;
        var policy = headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldContain($"connect-src 'self' ws://localhost:{server.Port} ");
        headers.GetValues("X-Frame-Options").ShouldBe(["DENY"]);
        headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        headers.GetValues("Cross-Origin-Opener-Policy").ShouldBe(["same-origin"]);
        headers.CacheControl!.NoStore.ShouldBeTrue();
        headers.Contains("X-Powered-By").ShouldBeFalse();
    }

    [Theory, InlineData("/login"), InlineData("/setup")]
    public async Task Pages_for_strangers_have_no_script(string path)
    {
        using var browser = server.Open();
        var answer = await browser.Http.GetAsync(path);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("<script");
    }
}
