using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Background;

namespace TimeLocker.Server.Notifications;

internal static class NotificationSetup
{
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddSingleton<OutgoingHttp>()
        .AddSingleton<NoticeBook>()
        .AddSingleton<NoticeFeed>()
        .AddSingleton<Listeners>()
        .AddSingleton<NoticeWriter>()
        .AddSingleton<Heartbeat>()
        .AddSingleton<ChannelKinds>()
        .AddSingleton<ChannelCatalog>()
        .AddSingleton<RuleCatalog>()
        .AddSingleton<Outbox>()
        .AddWork<OldNotices>()
        .AddWork<Notifier>();
}
