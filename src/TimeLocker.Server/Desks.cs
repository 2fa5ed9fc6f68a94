using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Background;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Feeds;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Plugins;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Snapshots;
using TimeLocker.Server.Triggers;

namespace TimeLocker.Server;

internal static class Desks
{
    public static IServiceCollection AddDesks(this IServiceCollection services, ServerOptions options) => services
        .AddBackground()
        .AddSingleton<AuditLog>()
        .AddSingleton<AgentRegistry>()
        .AddSingleton<SshKeyPairs>()
        .AddSingleton<BackendCatalog>()
        .AddWork<Housekeeping>()
        .AddSingleton<RepositoryCatalog>()
        .AddSingleton<RepositoryAccess>()
        .AddSingleton<NewRepositories>()
        .AddSingleton<RepositoryChanges>()
        .AddSingleton<RepositoryMachines>()
        .AddSingleton<SnapshotLists>()
        .AddSingleton<PlanCatalog>()
        .AddSingleton<SlotDesk>()
        .AddSingleton<MaintenanceSlots>()
        .AddSingleton<DuePlans>()
        .AddSingleton<IScheduleHealth>(services => services.GetRequiredService<DuePlans>())
        .AddSingleton<DueMaintenance>()
        .AddSingleton<RunFeed>()
        .AddSingleton<RunQueue>()
        .AddClock()
        .AddNotices()
        .AddMonitoring()
        .AddFeeds()
        .AddRunBooks()
        .AddSingleton<IExclusiveUse, ExclusiveTurn>()
        .AddSingleton<RepositoryKeys>()
        .AddSingleton<PasswordChange>()
        .AddSingleton<RecoveryDesk>()
        .AddRuns()
        .AddSingleton(_ => new TreeCache(Path.Combine(options.Data, "cache.db")))
        .AddSingleton<SnapshotCatalog>()
        .AddSingleton<SnapshotBrowser>()
        .AddTriggers()
        .AddSingleton<StatusBoard>()
        .AddRetention()
        .AddSingleton<PluginDesk>()
        .AddWork<SnapshotKeeper>()
        .AddWork<ScheduleWork>();
}
