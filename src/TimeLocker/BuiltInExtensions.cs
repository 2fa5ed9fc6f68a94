using TimeLocker.Agent.Triggers;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Repositories.Backends;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Triggers;
using TimeLocker.Server;
using TimeLocker.Server.Notices.Channels;
using TimeLocker.Server.Triggers;

namespace TimeLocker;

/// <summary>
/// The one list of the extensions that come with TimeLocker. It stands in the program: agent and server do not meet, and only
/// here both are seen.
/// </summary>
public static class BuiltInExtensions
{
    public static ExtensionSet Of(ServerOptions options, TimeProvider time)
    {
        var keys = Path.Combine(options.Data, "keys");
        var set = new ExtensionSet(time);
        return set
            .Add<IRepositoryBackend>(new LocalBackend())
            .Add<IRepositoryBackend>(new NfsBackend())
            .Add<IRepositoryBackend>(new SmbBackend())
            .Add<IRepositoryBackend>(new SftpBackend())
            .Add<IRepositoryBackend>(new RestBackend())
            .Add<IRepositoryBackend>(new S3Backend())
            .Add<IRepositoryBackend>(new RcloneBackend())
            .Add<IRepositoryBackend>(new B2Backend())
            .Add<IRepositoryBackend>(new AzureBackend())
            .Add<IRepositoryBackend>(new GoogleBackend())
            .Add<IRepositoryBackend>(new SwiftBackend())

            .Add<INoticeChannel>(new EmailChannel())
            .Add<INoticeChannel>(new NtfyChannel(set.Http))
            .Add<INoticeChannel>(new SlackChannel(set.Http))
            .Add<INoticeChannel>(new TeamsChannel(set.Http))
            .Add<INoticeChannel>(new TelegramChannel(set.Http))
            .Add<INoticeChannel>(new DiscordChannel(set.Http))
            .Add<INoticeChannel>(new GotifyChannel(set.Http))
            .Add<INoticeChannel>(DesktopChannel.OfThisSession())
            .Add<INoticeChannel>(new WebhookChannel(set.Http, time))
            .Add<INoticeChannel>(new HealthchecksChannel(set.Http))

            .Add<IEventTrigger>(new CallTrigger())
            .Add<IEventTrigger, AfterPlanTrigger>(AfterPlanTrigger.Name)
            .Add<IEventTrigger, SizeTrigger>(SizeTrigger.Name)
            .Add<IEventTrigger, CountTrigger>(CountTrigger.Name)

            .Add<IMachineTrigger>(new FilesTrigger(time))
            .Add<IMachineTrigger>(new VolumeTrigger(time))
            .Add<IMachineTrigger>(new BootTrigger(time))
            .Add<IMachineTrigger>(new ShutdownTrigger(time))
            .Add<IMachineTrigger>(new NetworkTrigger(time))
            .Add<IMachineTrigger>(new SpaceTrigger(time))

            .Add<ISecretStore>(new KeyFileStore(keys))
            .Add<ISecretStore>(SecretServiceStore.OfThisSession())
            .Add<ISecretStore>(SystemdCredentialStore.OfThisService())
            .Add<ISecretStore>(new PassphraseStore(keys, options.AskPassphrase));
    }
}
