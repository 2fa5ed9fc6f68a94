using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core.Notifications;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Repositories.Backends;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Anomalies;
using TimeLocker.Server.Api;
using TimeLocker.Server.Background;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Notifications;
using TimeLocker.Server.Notifications.Channels;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Retention;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Secrets;
using TimeLocker.Server.Snapshots;
using TimeLocker.Server.Triggers;

namespace TimeLocker.Server;

/// <summary>What comes with TimeLocker: one line for each extension and for each room's operations.</summary>
public static class BuiltIns
{
    public static IServiceCollection AddBackends(this IServiceCollection services) => services
        .AddSingleton<IRepositoryBackend, LocalBackend>()
        .AddSingleton<IRepositoryBackend, NfsBackend>()
        .AddSingleton<IRepositoryBackend, SmbBackend>()
        .AddSingleton<IRepositoryBackend, SftpBackend>()
        .AddSingleton<IRepositoryBackend, RestBackend>()
        .AddSingleton<IRepositoryBackend, S3Backend>()
        .AddSingleton<IRepositoryBackend, RcloneBackend>()
        .AddSingleton<IRepositoryBackend, B2Backend>()
        .AddSingleton<IRepositoryBackend, AzureBackend>()
        .AddSingleton<IRepositoryBackend, GoogleBackend>()
        .AddSingleton<IRepositoryBackend, SwiftBackend>();

    public static IServiceCollection AddChannels(this IServiceCollection services) => services
        .AddSingleton<INotificationChannel, EmailChannel>()
        .AddSingleton<INotificationChannel, NtfyChannel>()
        .AddSingleton<INotificationChannel, SlackChannel>()
        .AddSingleton<INotificationChannel, TeamsChannel>()
        .AddSingleton<INotificationChannel, TelegramChannel>()
        .AddSingleton<INotificationChannel, DiscordChannel>()
        .AddSingleton<INotificationChannel, GotifyChannel>()
        .AddSingleton<INotificationChannel>(_ => DesktopChannel.OfThisSession())
        .AddSingleton<INotificationChannel, WebhookChannel>()
        .AddSingleton<INotificationChannel, HealthchecksChannel>();

    public static OperationMap Operations()
    {
        var map = new OperationMap();
        StatusOperations.Map(map);
        MachineOperations.Map(map);
        CleanUpOperations.Map(map);
        RepositoryOperations.Map(map);
        SnapshotOperations.Map(map);
        PlanOperations.Map(map);
        TriggerOperations.Map(map);
        RunOperations.Map(map);
        MaintenanceOperations.Map(map);
        ClockOperations.Map(map);
        BackgroundOperations.Map(map);
        RetentionOperations.Map(map);
        ChannelOperations.Map(map);
        IdentityOperations.Map(map);
        SecretOperations.Map(map);
        NoticeOperations.Map(map);
        AnomalyOperations.Map(map);
        DigestOperations.Map(map);
        return map;
    }
}
