using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Tests.Doubles;

namespace TimeLocker.Tests.Server.Monitoring;

/// <summary>What a scheduler says of itself.</summary>
internal sealed record SaidSchedule(DateTimeOffset? Next, DateTimeOffset? LookedAt) : IScheduleHealth;

/// <summary>
/// What looks for news, over a real server's database, with a clock that the test moves and a scheduler that says what
/// the test wants.
/// </summary>
internal sealed class MonitoringRig(DeskRig rig)
{
    public FakeClock Clock { get; } = new(TimeProvider.System.GetUtcNow());
    public SaidSchedule Schedule { get; set; } = new(null, null);
    public Problem? Doubt { get; set; }

    private IDbContextFactory<TimeLockerDb> Databases => rig.Get<IDbContextFactory<TimeLockerDb>>();
    private NewNotices Fresh => new(Databases, rig.Get<AuditLog>(), rig.Get<NoticeBook>(), Clock);

    public OverdueWatch Overdue =>
        new(Databases, rig.Get<AuditLog>(), Fresh, Schedule, new DoubtedClock(Doubt), rig.Get<AgentRegistry>(), Clock);
    public RepositoryWatch Places => new(rig.Get<RepositoryCatalog>(), Fresh, Clock);
    public WorkWatch Works(WorkRegistry book) => new(book, Fresh, Clock);
    public DigestDesk Digests => new(Databases, rig.Get<AuditLog>(), Fresh, new DigestText(Databases), Clock);
    public StatusBoard Board =>
        new(rig.Get<PlanCatalog>(), rig.Get<RepositoryCatalog>(), rig.Get<RunFeed>(), Databases, Schedule,
            new DoubtedClock(Doubt), rig.Get<DatabaseWatch>(), Clock);

    public async Task<IReadOnlyList<Notice>> ToldAsync() =>
        [.. (await rig.Get<NoticeFeed>().ListAsync(new(), DeskRig.Admin)).Items.Reverse()];

    public async Task ChangeAsync(Action<TimeLockerDb> change)
    {
        await using var db = await rig.DatabaseAsync();
        change(db);
        await db.SaveChangesAsync();
    }
}
