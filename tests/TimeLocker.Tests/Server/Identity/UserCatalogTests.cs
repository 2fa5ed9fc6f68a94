using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

public sealed class UserCatalogTests : IAsyncLifetime
{
    private IdentityServer server = null!;

    private UserCatalog Users => server.Get<UserCatalog>();
    private Actor Owner => server.Get<OwnerToken>().Actor;

    public async Task InitializeAsync() => server = await IdentityServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    private static NewUser New(string name, string password = IdentityServer.Password, Role role = Role.Viewer) =>
        new() { Name = name, Role = role, Password = new(password) };

    private async Task<ProblemKind> RefusedAsync(Func<Task> act) => (await Should.ThrowAsync<ProblemException>(act)).Kind;

    [Theory]
    [InlineData("short"), InlineData("eleven char"), InlineData("Long.User.Name"), InlineData("")]
    public async Task A_password_is_long_and_not_the_user_name(string password) =>
        (await RefusedAsync(() => Users.CreateAsync(New("long.user.name", password), Owner))).ShouldBe(ProblemKind.Invalid);

    [Theory]
    [InlineData("aaaaaaaaaaaa"), InlineData("twelve chars"), InlineData("пароль из двенадцати"),
        InlineData(" blanks at both ends ")]
    public async Task Nothing_else_is_asked_of_a_password(string password)
    {
        await Users.CreateAsync(New("one", password), Owner);
        (await server.Get<SignInDesk>().TryAsync("one", new(password), null, default)).User.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(""), InlineData("two words"), InlineData("line\nbreak"), InlineData("<b>"), InlineData("rtl\u202e"),
        InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task A_user_name_is_plain(string name) =>
        (await RefusedAsync(() => Users.CreateAsync(New(name), Owner))).ShouldBe(ProblemKind.Invalid);

    [Fact]
    public async Task A_name_is_taken_in_every_spelling()
    {
        await Users.CreateAsync(New("Zoë"), Owner);
        (await RefusedAsync(() => Users.CreateAsync(New("ZOE\u0308"), Owner))).ShouldBe(ProblemKind.Conflict);
    }

    [Theory, InlineData(Role.Viewer), InlineData(Role.Auditor), InlineData(Role.Operator)]
    public async Task Only_an_Admin_changes_accounts(Role role)
    {
        var (who, id) = (new Actor("u_x", "x", role, Via.Ui), await Users.IdOfAsync(IdentityServer.Admin));
        (await RefusedAsync(() => Users.CreateAsync(New("new"), who))).ShouldBe(ProblemKind.Forbidden);
        (await RefusedAsync(() => Users.ChangeRoleAsync(id, Role.Viewer, who))).ShouldBe(ProblemKind.Forbidden);
        (await RefusedAsync(() => Users.ResetPasswordAsync(id, new("another long password"), who))).ShouldBe(ProblemKind.Forbidden);
        (await RefusedAsync(() => Users.DisableAsync(id, who))).ShouldBe(ProblemKind.Forbidden);
        (await RefusedAsync(() => Users.EnableAsync(id, who))).ShouldBe(ProblemKind.Forbidden);
        (await RefusedAsync(() => server.Get<TokenCatalog>().CreateAsync(new() { Name = "t", Role = Role.Viewer },
            who))).ShouldBe(ProblemKind.Forbidden);
        (await RefusedAsync(() => server.Get<TokenCatalog>().RevokeAsync("t_1", who))).ShouldBe(ProblemKind.Forbidden);
    }

    [Fact]
    public async Task The_last_Admin_cannot_be_disabled_or_demoted()
    {
        var first = await Users.IdOfAsync(IdentityServer.Admin);
        (await RefusedAsync(() => Users.DisableAsync(first, Owner))).ShouldBe(ProblemKind.Conflict);
        (await RefusedAsync(() => Users.ChangeRoleAsync(first, Role.Operator, Owner))).ShouldBe(ProblemKind.Conflict);
        var second = await Users.CreateAsync(New("second", role: Role.Admin), Owner);
        await Users.DisableAsync(second.Id, Owner);
        (await RefusedAsync(() => Users.DisableAsync(first, Owner))).ShouldBe(ProblemKind.Conflict);
        await Users.EnableAsync(second.Id, Owner);
        await Users.DisableAsync(first, Owner);
        (await Users.ListAsync()).Single(u => u.DisabledAt is not null).Id.ShouldBe(first);
    }

    [Fact]
    public async Task Ones_own_password_changes_only_with_the_current_one_and_guessing_it_is_slow()
    {
        var user = await Users.CreateAsync(New("own"), Owner);
        var who = new Actor(user.Id, "own", Role.Viewer, Via.Ui);
        for (var i = 0; i < 3; i++)
        {
            (await RefusedAsync(() => Users.ChangeOwnPasswordAsync(new("wrong password"), new("another long password"),
                who))).ShouldBe(ProblemKind.Invalid);
        }

        (await RefusedAsync(() => Users.ChangeOwnPasswordAsync(new(IdentityServer.Password),
            new("another long password"), who))).ShouldBe(ProblemKind.TooMany);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await Users.ChangeOwnPasswordAsync(new(IdentityServer.Password), new("another long password"), who);
        (await server.Get<SignInDesk>().TryAsync("own", new("another long password"), null, default)).User.ShouldNotBeNull();
    }

    [Fact]
    public async Task Each_change_leaves_an_entry_that_names_nobody()
    {
        var user = await Users.CreateAsync(New("canary-name"), Owner);
        await Users.ChangeRoleAsync(user.Id, Role.Auditor, Owner);
        await Users.ResetPasswordAsync(user.Id, new("another long password"), Owner);
        await Users.DisableAsync(user.Id, Owner);
        await Users.EnableAsync(user.Id, Owner);
        await server.Get<SignInDesk>().TryAsync("canary-name", new("wrong password"), null, default);
        await server.Get<SignInDesk>().TryAsync("canary-nobody", new("wrong password"), null, default);
        var trail = await server.AuditAsync();
        foreach (var kind in (string[])["user.created", "user.role-changed", "user.password-reset", "user.disabled",
            "user.enabled", "user.sign-in-failed"])
        {
            trail.ShouldContain($"\"kind\":\"{kind}\",\"obj\":\"user:{user.Id}\"");
        }

        trail.ShouldContain("\"obj\":\"user:unknown\"");
        trail.ShouldNotContain("canary");
    }
}
