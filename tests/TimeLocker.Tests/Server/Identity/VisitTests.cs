using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using TimeLocker.Tests.Doubles;
using TimeLocker.Tests.Server.Background;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

/// <summary>Who has a page open and may act no more is refused at once, and told why.</summary>
public sealed class VisitTests : IAsyncLifetime
{
    private const string Next = "another long password";

    private IdentityServer server = null!;
    private ClaimsPrincipal oscar = null!;
    private string id = "";

    private UserCatalog Users => server.Get<UserCatalog>();
    private Sessions Sessions => server.Get<Sessions>();
    private Actor Owner => server.Get<OwnerToken>().Actor;

    public async Task InitializeAsync()
    {
        server = await IdentityServer.StartAsync();
        id = (await Users.CreateAsync(new()
        {
            Name = "oscar",
            Role = Role.Operator,
            Password = new(IdentityServer.Password),
        }, Owner)).Id;
        oscar = await SignedInAsync();
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [InlineData("disable", "Your account was disabled.")]
    [InlineData("role", "Your role was changed from Operator to Viewer.")]
    [InlineData("reset", "Your password was changed.")]
    [InlineData("own", "Your password was changed.")]
    [InlineData("sign out", "You signed out in another tab or window.")]
    public async Task Once_a_change_is_written_the_actor_that_an_open_page_holds_can_do_nothing(string change, string why)
    {
        using var visit = Sessions.Open(oscar);
        using var somebodyElse = Sessions.Open(ActorClaims.NewSession(await UserAsync(IdentityServer.Admin)));
        var held = oscar.AsActor()! with { Ended = visit.Ended };
        held.MustBe(Role.Operator);

        await (change switch
        {
            "disable" => Users.DisableAsync(id, Owner),
            "role" => Users.ChangeRoleAsync(id, Role.Viewer, Owner),
            "reset" => Users.ResetPasswordAsync(id, new(Next), Owner),
            "own" => Users.ChangeOwnPasswordAsync(new(IdentityServer.Password), new(Next), held),
            _ => Sessions.EndAsync(oscar, default),
        });

        visit.Over!.Full.ShouldBe(why);
        Should.Throw<ProblemException>(() => held.MustBe(Role.Viewer)).Kind.ShouldBe(ProblemKind.Unauthorized);
        somebodyElse.Over.ShouldBeNull();
    }

    [Fact]
    public async Task Signing_out_ends_the_pages_of_this_session_alone()
    {
        using var here = Sessions.Open(oscar);
        using var elsewhere = Sessions.Open(await SignedInAsync());

        await Sessions.EndAsync(oscar, default);

        (here.Over is null, elsewhere.Over is null).ShouldBe((false, true));
    }

    [Fact]
    public async Task What_the_command_line_changes_beside_the_server_is_seen_at_the_next_glance()
    {
        var (engine, book) = Engines.WithBook(server.Clock, Sessions);
        engine.Begin();
        using var visit = Sessions.Open(oscar);
        // the next glance is to come
        await DeskRig.UntilAsync(() => Task.FromResult(book.States is [{ Running: false, Next: not null }]));
        var (databases, audit) = (server.Get<IDbContextFactory<TimeLockerDb>>(),
            new AuditLog(server.Get<IDbContextFactory<TimeLockerDb>>(), server.Clock));
        var beside = new UserCatalog(audit, databases, server.Get<Accounts>(),
            new Sessions(databases, audit, server.Get<TimeLocker.Server.ServerOptions>(), server.Clock,
                NullLogger<Sessions>.Instance), server.Get<SignInDelay>(), server.Clock);

        await beside.ResetPasswordAsync(id, new(Next), Owner);
        visit.Over.ShouldBeNull();
        server.Clock.Advance(Sessions.Glance);

        await Task.Delay(TimeSpan.FromSeconds(30), visit.Ended).ContinueWith(_ => { }, TaskScheduler.Default);
        visit.Over!.Full.ShouldBe("Your password was changed.");
        await engine.StopAsync();
        engine.Dispose();
    }

    [Fact]
    public async Task A_page_that_opens_with_a_session_that_is_over_is_told_so()
    {
        await Sessions.EndAsync(oscar, default);

        using var visit = Sessions.Open(oscar);

        await Task.Delay(TimeSpan.FromSeconds(30), visit.Ended).ContinueWith(_ => { }, TaskScheduler.Default);
        visit.Over!.Full.ShouldBe("You signed out in another tab or window.");
        (await Sessions.HoldsAsync(new(), default)).ShouldBeFalse();
    }

    private async Task<ClaimsPrincipal> SignedInAsync() => ActorClaims.NewSession(await UserAsync("oscar"));

    private async Task<User> UserAsync(string name)
    {
        await using var db = await server.Get<IDbContextFactory<TimeLockerDb>>().CreateDbContextAsync();
        return await db.Users.SingleAsync(u => u.UserName == name);
    }
}
