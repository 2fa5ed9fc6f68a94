using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Background;
using TimeLocker.Server.Notices;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>What was told long ago goes; what was not sent yet never does.</summary>
public sealed class NoticeCleanUpTests
{
    [Fact]
    public async Task Old_notices_and_deliveries_go_in_small_steps_and_what_waits_stays()
    {
        await using var rig = await NoticeDeliveryRig.NewAsync();
        var now = rig.Clock.GetUtcNow();
        var phone = await rig.ChannelAsync("phone");
        await rig.Audit.TouchAsync(db =>
        {
            foreach (var (key, days, sent, givenUp) in ((string, int, int?, int?)[])
                [
                    ("ancient", 500, 500, null), ("older", 450, null, 440), ("old", 401, 401, null),
                        ("old and waiting", 430, null, null), ("bare", 402, -1, null),
                    ("young", 399, 399, null), ("younger", 200, null, 91), ("given up", 100, null, 89),
                        ("fresh", 10, 9, null), ("waiting", 95, null, null),
                ])
            {
                var at = now.AddDays(-days);
                var notice = new Notice
                {
                    Id = Guid.CreateVersion7(at),
                    Key = key,
                    Event = NoticeEvent.Failed,
                    Level = NoticeLevel.Error,
                    Title = Text.Verbatim(key),
                    At = at,
                };
                db.Notices.Add(notice);
                if (sent != -1)
                {
                    db.Outbox.Add(new()
                    {
                        Id = Guid.CreateVersion7(at),
                        NoticeId = notice.Id,
                        ChannelId = phone.Id,
                        NotBefore = at,
                        SentAt = sent is { } s ? now.AddDays(-s) : null,
                        GivenUpAt = givenUp is { } g ? now.AddDays(-g) : null,
                    });
                }
            }

            return Task.CompletedTask;
        });
        var notices = new NoticeCleanUp(rig.Databases, rig.Audit, rig.Clock) { AtOnce = 2 };
        (await Should.ThrowAsync<ProblemException>(() =>
            notices.RemoveAsync(DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(ProblemKind.Forbidden);

        (await notices.RemoveAsync(Actor.System)).ShouldBe(4);

        (await ToldAsync(rig)).ShouldBe(["fresh", "given up", "old and waiting", "waiting", "young", "younger"]);
        (await SentAsync(rig)).ShouldBe(["fresh", "given up", "old and waiting", "waiting"]);
        (await rig.Databases.CreateDbContext().AuditEntries.CountAsync(e => EF.Property<string>(e,
            "Kind") == "notices.removed")).ShouldBeGreaterThan(1, "in steps, each with its entry");
        (await notices.RemoveAsync(Actor.System)).ShouldBe(0);

        // Beyond a number the oldest go, however young.
        (await new NoticeCleanUp(rig.Databases, rig.Audit, rig.Clock) { Most = 2 }.RemoveAsync(Actor.System)).ShouldBe(3);
        (await ToldAsync(rig)).ShouldBe(["fresh", "old and waiting", "waiting"]);
    }

    [Fact]
    public async Task The_nights_clean_up_takes_old_notices_with_it()
    {
        await using var rig = await DeskRig.StartAsync();
        var at = TimeProvider.System.GetUtcNow().AddDays(-401);
        await rig.Get<TimeLocker.Server.Audit.AuditLog>().TouchAsync(db =>
        {
            db.Notices.Add(new()
            {
                Id = Guid.CreateVersion7(at),
                Key = "old",
                Event = NoticeEvent.Failed,
                Level = NoticeLevel.Error,
                Title = Text.Verbatim("old"),
                At = at,
            });
            return Task.CompletedTask;
        });

        rig.Get<WorkRegistry>()
            .Find("old-notices")!.State.Next!.Value.ShouldSatisfyAllConditions(next =>
                next.ToLocalTime().Hour.ShouldBe(3), next => next.ToLocalTime().Minute.ShouldBe(43));
        await rig.Get<BackgroundDesk>().RunAsync("old-notices", DeskRig.Admin);

        await DeskRig.UntilAsync(async () =>
        {
            await using var db = await rig.DatabaseAsync();
            return !await db.Notices.AnyAsync(n => n.Key == "old");
        });
    }

    private static async Task<IReadOnlyList<string>> ToldAsync(NoticeDeliveryRig rig)
    {
        await using var db = await rig.Databases.CreateDbContextAsync();
        return await db.Notices.Select(n => n.Key).OrderBy(k => k).ToListAsync();
    }

    private static async Task<IReadOnlyList<string>> SentAsync(NoticeDeliveryRig rig)
    {
        await using var db = await rig.Databases.CreateDbContextAsync();
        return await db.Outbox.Join(db.Notices, i => i.NoticeId, n => n.Id, (_, n) => n.Key).OrderBy(k => k).ToListAsync();
    }
}
