using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Runs;

internal static class RunSetup
{
    public static IServiceCollection AddRuns(this IServiceCollection services) => services
        .AddSingleton<RunFeed>()
        .AddSingleton<RunQueue>()
        .AddSingleton<RunRecorder>()
        .AddSingleton<RunHistory>()
        .AddSingleton<Retries>()
        .AddSingleton<RunUpdates>()
        .AddSingleton<RunSpecs>()
        .AddSingleton<RunFollower>()
        .AddSingleton<RunDriver>()
        .AddSingleton<RunDesk>()
        .AddKinds();

    /// <summary>Where each kind of run is started, and what its machine is told where the request does not say it all.</summary>
    private static IServiceCollection AddKinds(this IServiceCollection services) => services
        .AddSingleton<BackupRuns>().AddSingleton<ISpecBuilder, BackupSpecs>()
        .AddSingleton<RestoreRuns>().AddSingleton<ISpecBuilder, RestoreSpecs>()
        .AddSingleton<CheckRuns>()
        .AddSingleton<PruneRuns>()
        .AddSingleton<UnlockRuns>()
        .AddSingleton<RepairRuns>()
        .AddSingleton<CopyRuns>().AddSingleton<ISpecBuilder, CopySpecs>()
        .AddSingleton<StatsRuns>()
        .AddSingleton<ForgetRuns>().AddSingleton<ISpecBuilder, ForgetSpecs>()
        .AddSingleton<TagRuns>().AddSingleton<ISpecBuilder, TagSpecs>()
        .AddSingleton<RecoverRuns>()
        .AddSingleton<RestoreLimits>()
        .AddSingleton<SnapshotIds>();
}
