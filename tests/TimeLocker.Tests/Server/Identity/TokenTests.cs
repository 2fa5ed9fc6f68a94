using System.Net;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

public sealed class TokenTests : IAsyncLifetime
{
    private IdentityServer server = null!;

    private TokenCatalog Tokens => server.Get<TokenCatalog>();
    private Actor Owner => server.Get<OwnerToken>().Actor;

    public async Task InitializeAsync() => server = await IdentityServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    private async Task<string> WhoAsync(string authorization)
    {
        using var program = server.Open();
        var answer = await program.SendAsync(HttpMethod.Get, "/api/v1/who", null, null, ("Authorization", authorization));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync()
            : $"{(int)answer.StatusCode} {answer.Headers.WwwAuthenticate}";
    }

    [Fact]
    public async Task A_token_opens_the_operations_with_its_role_until_it_is_revoked()
    {
        var (row, token) = await Tokens.CreateAsync(new() { Name = " nightly ", Role = Role.Operator }, Owner);
        token.ShouldMatch("^tl_[A-Za-z0-9_-]{43}$");
        (row.Name, row.Hash).ShouldBe(("nightly", ""));
        (await WhoAsync($"Bearer {token}")).ShouldBe($"{row.Id} Operator Api");
        (await WhoAsync($"bearer {token}")).ShouldBe($"{row.Id} Operator Api");
        await Tokens.RevokeAsync(row.Id, Owner);
        (await WhoAsync($"Bearer {token}")).ShouldBe("401 Bearer");
        var trail = await server.AuditAsync();
        trail.ShouldContain("\"kind\":\"token.created\"");
        trail.ShouldContain("\"kind\":\"token.revoked\"");
        trail.ShouldNotContain(token);
    }

    [Theory, InlineData("Bearer "), InlineData("Bearer tl_wrong"), InlineData("Basic dGVzdA=="), InlineData("tl_token")]
    public async Task Anything_else_opens_nothing(string authorization) => (await WhoAsync(authorization)).ShouldStartWith("401");

    [Fact]
    public async Task A_changed_token_opens_nothing()
    {
        var token = (await Tokens.CreateAsync(new() { Name = "t", Role = Role.Viewer }, Owner)).Token;
        (await WhoAsync($"Bearer {token[..^1]}{(token[^1] == 'A' ? 'E' : 'A')}")).ShouldStartWith("401");
        (await WhoAsync($"Bearer {token.ToUpperInvariant()}")).ShouldStartWith("401");
    }

    [Fact]
    public async Task A_token_expires()
    {
        (await Should.ThrowAsync<ProblemException>(() => Tokens.CreateAsync(new()
        {
            Name = "t",
            Role = Role.Viewer,
            ExpiresAt = server.Clock.GetUtcNow(),
        }, Owner))).Kind.ShouldBe(ProblemKind.Invalid);
        var token = (await Tokens.CreateAsync(new()
        {
            Name = "t",
            Role = Role.Viewer,
            ExpiresAt = server.Clock.GetUtcNow().AddDays(1),
        }, Owner)).Token;
        (await WhoAsync($"Bearer {token}")).ShouldEndWith("Viewer Api");
        server.Clock.Advance(TimeSpan.FromDays(1));
        (await WhoAsync($"Bearer {token}")).ShouldStartWith("401");
    }

    [Fact]
    public async Task The_time_of_use_is_kept_to_the_minute()
    {
        var token = (await Tokens.CreateAsync(new() { Name = "t", Role = Role.Viewer }, Owner)).Token;
        var first = server.Clock.GetUtcNow();
        await WhoAsync($"Bearer {token}");
        server.Clock.Advance(TimeSpan.FromSeconds(59));
        await WhoAsync($"Bearer {token}");
        (await Tokens.ListAsync()).ShouldHaveSingleItem().UsedAt.ShouldBe(first);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await WhoAsync($"Bearer {token}");
        (await Tokens.ListAsync()).ShouldHaveSingleItem().UsedAt.ShouldBe(first.AddMinutes(1));
    }

    [Fact]
    public async Task A_token_rests_while_its_maker_is_disabled_or_no_Admin()
    {
        var users = server.Get<UserCatalog>();
        var maker = await users.CreateAsync(new()
        {
            Name = "maker",
            Role = Role.Admin,
            Password = new(IdentityServer.Password),
        }, Owner);
        var token = (await Tokens.CreateAsync(new() { Name = "t", Role = Role.Admin },
            new(maker.Id, "maker", Role.Admin, Via.Ui))).Token;
        (await WhoAsync($"Bearer {token}")).ShouldEndWith("Admin Api");
        await users.DisableAsync(maker.Id, Owner);
        (await WhoAsync($"Bearer {token}")).ShouldStartWith("401");
        await users.EnableAsync(maker.Id, Owner);
        (await WhoAsync($"Bearer {token}")).ShouldEndWith("Admin Api");
        await users.ChangeRoleAsync(maker.Id, Role.Operator, Owner);
        (await WhoAsync($"Bearer {token}")).ShouldStartWith("401");
    }

    [Fact]
    public async Task The_owner_of_the_state_directory_has_a_token_for_this_start_only()
    {
        (await WhoAsync($"Bearer {server.Get<OwnerToken>().Value}")).ShouldBe("owner Admin Cli");
        (await WhoAsync($"Bearer {new OwnerToken().Value}")).ShouldStartWith("401");
    }

    [Fact]
    public async Task Without_anything_a_program_is_told_401_not_sent_to_a_page()
    {
        using var program = server.Open();
        (await program.Http.GetAsync("/api/v1/who")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await program.Http.GetAsync("/api/v1/unknown")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
