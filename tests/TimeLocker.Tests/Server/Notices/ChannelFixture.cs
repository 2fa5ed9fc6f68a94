using TimeLocker.Core.Notices;
using TimeLocker.Core.Processes;
using TimeLocker.Server.Notices.Channels;
using TimeLocker.Tests.Servers;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>What a channel needs to be run through its suite: a real service on loopback, and good values for it.</summary>
internal abstract class ChannelFixture
{
    /// <summary>One for each channel in the list. A new channel gets its line here.</summary>
    public static IReadOnlyDictionary<string, ChannelFixture> All { get; } = new Dictionary<string, ChannelFixture>
    {
        ["email"] = new MailFixture(),
        ["ntfy"] = new HttpChannelFixture("ntfy"),
        ["slack"] = new HttpChannelFixture("slack"),
        ["teams"] = new HttpChannelFixture("teams"),
        ["telegram"] = new HttpChannelFixture("telegram"),
        ["discord"] = new HttpChannelFixture("discord"),
        ["gotify"] = new HttpChannelFixture("gotify"),
        ["desktop"] = new DesktopFixture(),
        ["webhook"] = new HttpChannelFixture("webhook"),
        ["healthchecks"] = new HttpChannelFixture("healthchecks"),
    };

    /// <summary>The channel as it is in the list, unless it has to be told where its service is.</summary>
    public virtual INoticeChannel Channel(INoticeChannel listed, Service service) => listed;

    public abstract Task<Service> StartAsync();

    /// <param name="Values">Good ones; every secret in them is told in <paramref name="Secrets"/>.</param>
    /// <param name="Taken">How many messages arrived.</param>
    /// <param name="Refuse">From now on it takes nothing, and repeats what it was sent; null: it cannot.</param>
    public sealed record Service(
        Dictionary<string, string> Values, IReadOnlyList<string> Secrets, Func<int> Taken, Func<Task>? Refuse,
        Func<ValueTask> StopAsync) : IAsyncDisposable
    {
        public IReadOnlyDictionary<string, string>? Environment { get; init; }

        public ValueTask DisposeAsync() => StopAsync();
    }
}

internal sealed class HttpChannelFixture(string kind) : ChannelFixture
{
    public override Task<Service> StartAsync()
    {
        var receiver = new Receiver();
        return Task.FromResult(new Service(new(Samples.Values(kind, receiver.Address).All), ["canary9"],
            () => receiver.All.Count, () =>
        {
            receiver.Answers(400, "no: canary9token canary9path canary9key canary9topic canary9query");
            return Task.CompletedTask;
        }, receiver.DisposeAsync));
    }
}

internal sealed class MailFixture : ChannelFixture
{
    public override async Task<Service> StartAsync()
    {
        var server = await MailServer.NewAsync("STARTTLS");
        return new(new()
        {
            ["host"] = "127.0.0.1",
            ["port"] = $"{server.Port}",
            ["security"] = "STARTTLS",
            ["user"] = MailServer.User,
            ["password"] = MailServer.Password,
            ["from"] = "backup@example.org",
            ["to"] = "ada@example.org",
            ["caCertificate"] = server.Certificate,
        }, [MailServer.Password], () => server.Mails.Count, null, server.DisposeAsync);
    }
}

/// <summary>A bus of its own with a stand-in of the desktop (python3-dbusmock): a real one needs a screen.</summary>
internal sealed class DesktopFixture : ChannelFixture
{
    public override INoticeChannel Channel(INoticeChannel listed, Service service) => new DesktopChannel(service.Environment!);

    public override async Task<Service> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tl-bus-").FullName;
        Dictionary<string, string> around = new()
        {
            ["PATH"] = "/usr/bin:/bin",
            ["HOME"] = folder,
            ["XDG_RUNTIME_DIR"] = folder,
            ["DBUS_SESSION_BUS_ADDRESS"] = $"unix:path={folder}/bus",
        };
        var bus = ChildProcess.Start(new("dbus-daemon",
            ["--session", "--nofork", $"--address=unix:path={folder}/bus"])
        { Environment = around });
        await UnixSocket.AnswersAsync($"{folder}/bus");
        var log = Path.Combine(folder, "log");
        var desktop = ChildProcess.Start(new("/usr/bin/python3",
            ["-m", "dbusmock", "--session", "--logfile", log, "--template",
                "notification_daemon"])
        { Environment = around });
        return new([], [], () => File.Exists(log) ? File.ReadAllText(log).Split(" Notify ").Length - 1 : 0, null, async () =>
        {
            await desktop.DisposeAsync();
            await bus.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        })
        { Environment = around };
    }
}
