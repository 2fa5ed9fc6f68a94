using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Background;
using Xunit;

namespace TimeLocker.Tests.Server.Background;

/// <summary>An Admin sees what the server does by itself, and can have it done now.</summary>
public sealed class BackgroundDeskTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task All_that_the_server_does_by_itself_is_in_one_list_each_by_a_name_of_its_own()
    {
        using var client = await rig.ClientAsync(Role.Admin);

        var works = (await client.GetFromJsonAsync<JsonNode>("api/v1/background"))!["items"]!.AsArray();

        works.Select(w => w!["name"]!.ToString()).ShouldBe(
            ["cleanup", "database", "digests", "events", "lists", "messages", "monitor", "old-notices", "removals",
                "retention", "schedules", "sessions"]);
        works.ShouldAllBe(w => w!["does"]!.ToString().EndsWith('.'));
        var cleanup = works[0]!;
        (cleanup["lastRun"], cleanup["fault"]).ShouldBe((null, null), "it waits for the night");
        DateTimeOffset.Parse(cleanup["next"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBeGreaterThan(TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task What_is_asked_for_runs_now_and_is_in_the_audit_trail()
    {
        using var client = await rig.ClientAsync(Role.Admin);
        var asked = TimeProvider.System.GetUtcNow();

        (await client.PostAsync("api/v1/background/cleanup/run", null)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await DeskRig.UntilAsync(() =>
            Task.FromResult(rig.Get<WorkRegistry>().Find("cleanup")!.State is { Running: false, LastRun: { } at }
                && at >= asked));
        await using var db = await rig.DatabaseAsync();
        var kinds = await db.AuditEntries.OrderBy(e => e.Seq)
            .Select(e => new { Kind = EF.Property<string>(e, "Kind"), e.Body }).ToListAsync();
        kinds.Single(e => e.Kind == "background.asked").Body.ShouldContain("background:cleanup");
        kinds.ShouldContain(e => e.Kind == "cleanup.done");
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    public async Task Nobody_but_an_Admin_sees_or_asks(Role role)
    {
        var (desk, who) = (rig.Get<BackgroundDesk>(), DeskRig.Actor(role));

        Should.Throw<ProblemException>(() => desk.List(who)).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => desk.RunAsync("cleanup", who))).Kind.ShouldBe(ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => desk.RunAsync("tea", DeskRig.Admin))).Kind.ShouldBe(ProblemKind.NotFound);
    }
}
