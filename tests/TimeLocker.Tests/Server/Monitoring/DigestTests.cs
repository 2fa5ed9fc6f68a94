using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Monitoring;
using Xunit;

namespace TimeLocker.Tests.Server.Monitoring;

public sealed class DigestTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private MonitoringRig news = null!;
    private Repository place = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        news = new MonitoringRig(rig);
        place = await rig.RepositoryAsync();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Nothing_is_written_while_nobody_asks()
    {
        (await news.Digests.LookAsync(default)).ShouldBeNull();
        news.Clock.Advance(TimeSpan.FromDays(8));
        (await news.Digests.LookAsync(default)).ShouldBeNull();
        (await news.ToldAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_digest_comes_at_its_hour_once_and_after_a_sleep_once()
    {
        await AskAsync(DigestRhythm.Daily);
        var next = (await news.Digests.LookAsync(default))!.Value;
        (await news.ToldAsync()).ShouldBeEmpty("what was due before anybody asked is not told");
        TimeZoneInfo.ConvertTime(next, news.Clock.LocalTimeZone).TimeOfDay.ShouldBe(TimeSpan.FromHours(7));

        news.Clock.Advance(next - news.Clock.GetUtcNow());
        await news.Digests.LookAsync(default);
        await news.Digests.LookAsync(default);
        (await news.ToldAsync()).ShouldHaveSingleItem().Key.ShouldStartWith("digest:daily:");

        news.Clock.Advance(TimeSpan.FromDays(4.5));
        await news.Digests.LookAsync(default);
        (await news.ToldAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task It_says_who_met_their_target_what_ran_and_what_waits_for_an_answer()
    {
        var names = new[] { "Accounts", "Documents", "Photos" };
        foreach (var name in names)
        {
            await rig.PlanAsync(place, name, "/somewhere");
        }

        await AskAsync(DigestRhythm.Weekly);
        var next = (await news.Digests.LookAsync(default))!.Value;
        news.Clock.Advance(next - news.Clock.GetUtcNow());
        await news.ChangeAsync(db =>
        {
            var plans = db.Plans.OrderBy(p => p.Name).ToList();
            (plans[0].LastSuccessAt, plans[1].LastSuccessAt, plans[2].LastSuccessAt) = (next.AddHours(-2),
                next.AddDays(-1), next.AddDays(-1));
            (plans[0].TargetHours, plans[1].TargetHours, plans[2].OpenAnomalies) = (24, 5, 1);
            db.PendingRemovals.Add(new()
            {
                RepositoryId = place.Id,
                Snapshot = new string('a', 64),
                PlanId = plans[0].Id,
                MarkedAt = next,
                RemoveAfter = next,
            });
            db.Runs.AddRange(Ended(plans[0].Id, RunOutcome.Succeeded, next.AddHours(-2), 3 << 20),
                Ended(plans[1].Id, RunOutcome.Failed, next.AddHours(-3), 0),
                Ended(plans[1].Id, RunOutcome.Succeeded, next.AddDays(-9), 1 << 30));
        });
        await news.Digests.LookAsync(default);

        var told = (await news.ToldAsync()).ShouldHaveSingleItem();
        (told.Event, told.Title.Full).ShouldBe((NoticeEvent.Digest, "2 of 3 plans met their target."));
        told.Key.ShouldMatch(@"^digest:weekly:\d{4}-W\d\d$");
        told.Text.Full.Split('\n').ShouldBe(
        [
            "Not met: “Documents” (last good backup 24 hours ago).",
            "Backups: 1 succeeded, 1 failed. 3.00 MiB of new data were stored.",
            "Pending removal: 1 snapshot. It can still be brought back.",
            "Unusual backups that nobody has looked at: “Photos”.",
        ]);
    }

    [Fact]
    public async Task An_Admin_sets_the_hour()
    {
        var desk = rig.Get<DigestDesk>();
        await Should.ThrowAsync<ProblemException>(() => desk.ChangeAsync(new(new(5, 0)), DeskRig.Actor(Role.Operator)));
        await desk.ChangeAsync(new(new(18, 30)), DeskRig.Admin);
        (await desk.GetAsync(DeskRig.Admin)).Hour.ShouldBe(new(18, 30));
        await AskAsync(DigestRhythm.Daily);
        TimeZoneInfo.ConvertTime((await news.Digests.LookAsync(default))!.Value, news.Clock.LocalTimeZone)
            .ToString("HH:mm", null).ShouldBe("18:30");
    }

    private Task AskAsync(DigestRhythm rhythm) => news.ChangeAsync(db =>
    {
        var channel = new Channel
        {
            Id = Guid.NewGuid(),
            Name = "nowhere",
            Kind = "none",
            Values = [],
            CreatedAt = news.Clock.GetUtcNow(),
        };
        db.Channels.Add(channel);
        db.NoticeRules.Add(new() { Id = Guid.NewGuid(), Name = "digest", ChannelId = channel.Id, Events = [], Digest = rhythm });
    });

    private Run Ended(Guid plan, RunOutcome outcome, DateTimeOffset at, long stored)
    {
        var run = new Run
        {
            Id = Guid.CreateVersion7(at),
            Kind = RunKind.Backup,
            Cause = RunCause.Schedule,
            RepositoryId = place.Id,
            MachineId = place.HomeId,
            PlanId = plan,
            Title = Text.Verbatim("p"),
            RequestedBy = "system",
            Request = new BackupRequest(BackupMode.Incremental, []),
            QueuedAt = at,
        };
        run.Apply(new RunEnded(outcome, null, new RunResult { BytesStored = stored }, null) { At = at });
        return run;
    }
}
