using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Data;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Secrets;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>Channels and rules, in a whole server, with a real receiver.</summary>
public sealed class ChannelCatalogTests : IAsyncLifetime
{
    private readonly Receiver receiver = new();
    private DeskRig rig = null!;

    private ChannelCatalog Channels => rig.Get<ChannelCatalog>();
    private RuleCatalog Rules => rig.Get<RuleCatalog>();

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync()
    {
        await rig.DisposeAsync();
        await receiver.DisposeAsync();
    }

    private NewChannel Gotify(string name = "phone") =>
        new() { Name = name, Kind = "gotify", Values = new(Samples.Values("gotify", receiver.Address).All) };

    [Fact]
    public async Task Its_secrets_are_in_the_vault_and_nowhere_else()
    {
        var channel = await Channels.CreateAsync(Gotify(), DeskRig.Admin);
        (await rig.Get<SecretVault>().FindAsync($"channel:{channel.Id:N}", "token"))!.Reveal().ShouldBe("canary9token");
        using var client = await rig.ClientAsync(Role.Admin);
        foreach (var path in (string[])["channels", $"channels/{channel.Id}", "rules"])
        {
            (await client.GetStringAsync($"api/v1/{path}")).ShouldNotContain("canary9");
        }

        (await File.ReadAllTextAsync(Path.Combine(rig.Data, "timelocker.db"))).ShouldNotContain("canary9");
        await Channels.RemoveAsync(channel.Id, DeskRig.Admin);
        (await rig.Get<SecretVault>().FindAsync($"channel:{channel.Id:N}", "token")).ShouldBeNull();
        (await Rules.ListAsync(DeskRig.Admin)).ShouldBeEmpty();
    }

    [Fact]
    public async Task It_is_tested_before_and_after_it_is_saved()
    {
        await Channels.TestAsync(Gotify(), DeskRig.Admin);
        receiver.Last.Body.ShouldContain("TimeLocker can reach you here");
        var channel = await Channels.CreateAsync(Gotify(), DeskRig.Admin);
        (await Channels.GetAsync(channel.Id, DeskRig.Admin)).LastSentAt.ShouldBeNull();
        await Channels.TestAgainAsync(channel.Id, DeskRig.Admin);
        receiver.Last.Headers["x-gotify-key"].ShouldBe("canary9token");
        (await Channels.GetAsync(channel.Id, DeskRig.Admin)).LastSentAt.ShouldNotBeNull();

        receiver.Answers(401);
        (await Should.ThrowAsync<ProblemException>(() => Channels.TestAgainAsync(channel.Id,
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Upstream);
        (await Channels.GetAsync(channel.Id, DeskRig.Admin)).Trouble!.Why.Full.ShouldBe("It answered 401.");
        receiver.Answers(200);
        await Channels.TestAgainAsync(channel.Id, DeskRig.Admin);
        (await Channels.GetAsync(channel.Id, DeskRig.Admin)).Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task A_secret_that_is_left_out_stays_unless_it_would_go_to_another_server()
    {
        var channel = await Channels.CreateAsync(Gotify(), DeskRig.Admin);
        await Channels.UpdateAsync(channel.Id,
            new()
            {
                Name = "her phone",
                Values = new() { ["server"] = receiver.Address, ["token"] = "", ["ownNetwork"] = "true" },
            }, DeskRig.Admin);
        await Channels.TestAgainAsync(channel.Id, DeskRig.Admin);
        receiver.Last.Headers["x-gotify-key"].ShouldBe("canary9token");

        await using var thief = new Receiver();
        var there = new Dictionary<string, string> { ["server"] = thief.Address };
        (await Should.ThrowAsync<ProblemException>(() => Channels.UpdateAsync(channel.Id, new() { Values = there },
            DeskRig.Admin))).Problem.What.Full.ShouldBe("“Token” has to be entered again.");
        await Should.ThrowAsync<ProblemException>(() => Channels.TestAsync(new()
        {
            Kind = "gotify",
            Values = there,
            Like = channel.Id,
        }, DeskRig.Admin));
        thief.All.ShouldBeEmpty();
        await Channels.UpdateAsync(channel.Id, new() { Values = new(there) { ["token"] = "another" } }, DeskRig.Admin);
        await Channels.TestAgainAsync(channel.Id, DeskRig.Admin);
        thief.Last.Headers["x-gotify-key"].ShouldBe("another");
    }

    [Fact]
    public async Task The_first_channel_for_people_gets_the_usual_rules()
    {
        var pings = await Channels.CreateAsync(new()
        {
            Name = "pings",
            Kind = "healthchecks",
            Values = new(Samples.Values("healthchecks", receiver.Address).All),
        }, DeskRig.Admin);
        var first = await Channels.CreateAsync(Gotify("first"), DeskRig.Admin);
        var second = await Channels.CreateAsync(Gotify("second"), DeskRig.Admin);
        var rules = await Rules.ListAsync(DeskRig.Admin);
        rules.Single(r => r.ChannelId == pings.Id).Events.ShouldBe([NoticeEvent.Succeeded, NoticeEvent.Warned,
            NoticeEvent.Failed, NoticeEvent.Missed]);
        rules.Where(r => r.ChannelId == first.Id)
            .Select(r => (r.FromTheTime, r.Events.Contains(NoticeEvent.Failed), r.Events.Contains(NoticeEvent.Warned)))
            .ShouldBe([(1, true, false), (2, false, true)]);
        rules.Where(r => r.ChannelId == second.Id).ShouldBeEmpty();
        (await Should.ThrowAsync<ProblemException>(() => Channels.CreateAsync(Gotify("first"),
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Conflict);
    }

    [Fact]
    public async Task A_rule_wants_what_it_says()
    {
        var channel = await Channels.CreateAsync(Gotify() with { UsualRules = false }, DeskRig.Admin);
        var plan = await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("file"));
        var rule = await Rules.CreateAsync(new()
        {
            ChannelId = channel.Id,
            Events = [NoticeEvent.Missed],
            Plans = [plan.Id],
            FromTheTime = 3,
            Digest = DigestRhythm.Weekly,
        }, DeskRig.Admin);
        var missed = new Notice
        {
            Id = Guid.NewGuid(),
            Key = "k",
            Event = NoticeEvent.Missed,
            Level = NoticeLevel.Warning,
            Title = Text.Verbatim("t"),
            At = DateTimeOffset.UnixEpoch,
            PlanId = plan.Id,
            InARow = 3,
        };
        rule.Wants(missed).ShouldBeTrue();
        rule.Wants(Like(missed, inARow: 2)).ShouldBeFalse();
        rule.Wants(Like(missed, plan: Guid.NewGuid())).ShouldBeFalse();
        rule.Wants(Like(missed, what: NoticeEvent.Failed)).ShouldBeFalse();
        rule.Wants(Like(missed, what: NoticeEvent.Digest, key: "digest:weekly:2026-48")).ShouldBeTrue();
        rule.Wants(Like(missed, what: NoticeEvent.Digest, key: "digest:daily:2026-11-23")).ShouldBeFalse();

        foreach (var bad in (NewRule[])[new() { ChannelId = channel.Id },
            new() { ChannelId = channel.Id, Events = [NoticeEvent.Test] },
                new() { ChannelId = Guid.NewGuid(), Events = [NoticeEvent.Failed] },
            new() { ChannelId = channel.Id, Events = [NoticeEvent.Failed], Plans = [Guid.NewGuid()] },
                new() { ChannelId = channel.Id, Events = [NoticeEvent.Failed], FromTheTime = 0 }])
        {
            (await Should.ThrowAsync<ProblemException>(() => Rules.CreateAsync(bad,
                DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        }
    }

    [Fact]
    public async Task A_notice_that_is_written_with_a_change_reaches_the_receiver()
    {
        await Channels.CreateAsync(Gotify(), DeskRig.Admin);
        var clock = rig.Get<TimeProvider>();
        await rig.Get<TimeLocker.Server.Audit.AuditLog>()
            .TouchAsync(db => rig.Get<NoticeBook>().AddAsync(db,
                new Notice
                {
                    Id = Guid.CreateVersion7(),
                    Key = "run:1:failed",
                    Event = NoticeEvent.Failed,
                    Level = NoticeLevel.Error,
                    Title = Text.Verbatim("It failed."),
                    Link = "/runs/1",
                    At = clock.GetUtcNow(),
                }));
        await DeskRig.UntilAsync(() => Task.FromResult(!receiver.All.IsEmpty));
        receiver.Last.Body.ShouldContain("/runs/1");
        await using var db = await rig.DatabaseAsync();
        await DeskRig.UntilAsync(async () => await db.Outbox.AsNoTracking().AllAsync(o => o.SentAt != null));
    }

    [Fact]
    public async Task The_API_says_what_a_channel_needs()
    {
        using var client = await rig.ClientAsync(Role.Operator);
        var kinds = await client.GetFromJsonAsync<System.Text.Json.Nodes.JsonNode>("api/v1/channels/kinds");
        kinds!["items"]!.AsArray().Select(k => k!["kind"]!.ToString())
            .ShouldBe(["email", "ntfy", "slack", "teams", "telegram", "discord", "gotify", "desktop", "webhook",
                "healthchecks"]);
        kinds["items"]!.AsArray().ShouldAllBe(k => k!["summary"]!.ToString().Length > 10 && k["fields"]!.AsArray().Count > 0);
    }

    private static Notice Like(Notice one, NoticeEvent? what = null, int? inARow = null, Guid? plan = null, string? key = null) =>
        new()
        {
            Id = one.Id,
            Key = key ?? one.Key,
            Event = what ?? one.Event,
            Level = one.Level,
            Title = one.Title,
            At = one.At,
            PlanId = plan ?? one.PlanId,
            InARow = inARow ?? one.InARow,
        };
}
