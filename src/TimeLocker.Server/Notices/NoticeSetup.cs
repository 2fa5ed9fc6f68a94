using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Server.Background;

namespace TimeLocker.Server.Notices;

internal static class NoticeSetup
{
    public static IServiceCollection AddNotices(this IServiceCollection services) => services
        .AddSingleton<NoticeBook>()
        .AddSingleton<NoticeFeed>()
        .AddSingleton<NoticeReaders>()
        .AddSingleton<NoticeWriter>()
        .AddSingleton<Heartbeat>()
        .AddSingleton<ChannelKinds>()
        .AddSingleton<ChannelCatalog>()
        .AddSingleton<RuleCatalog>()
        .AddSingleton<Outbox>()
        .AddWork<NoticeCleanUp>()
        .AddWork<NoticeDelivery>();
}
