using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Processes;
using TimeLocker.Server.Notices.Channels;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>
/// Notifications on a real bus, taken by a stand-in of the desktop's interface (python3-dbusmock): a real daemon needs
/// a screen.
/// </summary>
public sealed class DesktopTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("tl-desktop-").FullName;
    private readonly List<StreamingChild> programs = [];
    private DesktopChannel channel = null!;

    private Dictionary<string, string> Environment =>
        new()
        {
            ["PATH"] = "/usr/bin:/bin",
            ["HOME"] = folder,
            ["XDG_RUNTIME_DIR"] = folder,
            ["DBUS_SESSION_BUS_ADDRESS"] = $"unix:path={folder}/bus",
        };
    private string Log => Path.Combine(folder, "log");

    public async Task InitializeAsync()
    {
        channel = new(Environment);
        Launch("dbus-daemon", "--session", "--nofork", $"--address=unix:path={folder}/bus");
        await UnixSocket.AnswersAsync($"{folder}/bus");
    }

    public async Task DisposeAsync()
    {
        foreach (var program in Enumerable.Reverse(programs))
        {
            await program.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private void Launch(string program, params string[] arguments) =>
        programs.Add(ChildProcess.Start(new(program, arguments) { Environment = Environment }));

    [Fact]
    public async Task A_notification_arrives_as_it_was_written()
    {
        Launch("/usr/bin/python3", "-m", "dbusmock", "--session", "--logfile", Log, "--template", "notification_daemon");
        await DeskRig.UntilAsync(async () =>
            await TimeLocker.Server.Kit.Attempt.Bare.ProblemOf(() =>
                channel.SendAsync(Samples.Failure with { Title = "ready" }, FieldValues.Empty, default)) is null);
        var hostile = Samples.Failure with { Title = "it's \\ \"quoted\" – $(reboot) 'x', ü", Text = "<b>bold</b> & 'more'\nnext" };
        await channel.SendAsync(hostile, FieldValues.Empty, default);
        await channel.SendAsync(Samples.Failure with { Level = NoticeLevel.Info },
            new(new Dictionary<string, string> { ["seconds"] = "7" }), default);
        var calls = (await File.ReadAllTextAsync(Log)).Split(" Notify ");
        calls[^2].ShouldContain("""
            "TimeLocker" 0 "dialog-error" "it's \ "quoted" – $(reboot) 'x', ü" "&lt;b&gt;bold&lt;/b&gt; &amp; 'more'
            next
            Documents · cellar" [] {"urgency": 2} 0
            """);
        calls[^1].ShouldContain("dialog-information");
        calls[^1].ShouldContain("""{"urgency": 1} 7000""");
    }

    [Fact]
    public async Task A_desktop_that_shows_nothing_is_asked_again_later()
    {
        var fault = await Should.ThrowAsync<ProblemException>(() => channel.SendAsync(Samples.Failure, FieldValues.Empty, default));
        (fault.Kind, fault.Problem.Why.Full).ShouldBe((ProblemKind.Unavailable, "Nothing on this desktop shows notifications."));
        var nobody = new DesktopChannel(new Dictionary<string, string>
        {
            ["PATH"] = "/usr/bin:/bin",
            ["DBUS_SESSION_BUS_ADDRESS"] = $"unix:path={folder}/none",
        });
        (await Should.ThrowAsync<ProblemException>(() => nobody.SendAsync(Samples.Failure, FieldValues.Empty,
            default))).Problem.Why.Full.ShouldBe("There is no desktop session that it could be sent to.");
        var without = new DesktopChannel(new Dictionary<string, string> { ["PATH"] = folder });
        (await Should.ThrowAsync<ProblemException>(() => without.SendAsync(Samples.Failure, FieldValues.Empty,
            default))).Kind.ShouldBe(ProblemKind.Upstream);
    }
}
