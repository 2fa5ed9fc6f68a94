using TimeLocker.Core.Processes;
using TimeLocker.Tests.Servers;

namespace TimeLocker.Tests.Agent.Triggers;

/// <summary>
/// A bus of its own with a stand-in for logind's interface on it: it gives out delay locks and says when the machine
/// goes down. The stand-in is written in Python, whose D-Bus library can be a server (Debian: python3-dbus,
/// python3-gi).
/// </summary>
internal sealed class Logind : IAsyncDisposable
{
    private const string StandIn = """
        import os, sys, dbus, dbus.service, dbus.mainloop.glib
        from gi.repository import GLib
        dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
        root = sys.argv[1]
        manager = 'org.freedesktop.login1.Manager'
        held = []
        given = 0
        def note():
            with open(root + '/given.new', 'w') as f:
                f.write(str(given))
            os.rename(root + '/given.new', root + '/given')
            with open(root + '/locks.new', 'w') as f:
                f.write(''.join(what + '\n' for what, _ in held))
            os.rename(root + '/locks.new', root + '/locks')
        class Manager(dbus.service.Object):
            @dbus.service.method(manager, in_signature='ssss', out_signature='h')
            def Inhibit(self, what, who, why, mode):
                global given
                given += 1
                mine, theirs = os.pipe()
                lock = (f'{what} {who} {mode}', mine)
                held.append(lock)
                note()
                GLib.io_add_watch(mine, GLib.IO_HUP, lambda *_: (held.remove(lock), os.close(mine), note()) and False)
                fd = dbus.types.UnixFd(theirs)
                os.close(theirs)
                return fd
            @dbus.service.signal(manager, signature='b')
            def PrepareForShutdown(self, begins): pass
            @dbus.service.signal(manager, signature='b')
            def PrepareForSleep(self, begins): pass
            @dbus.service.method('tests.Machine', in_signature='sb')
            def Say(self, what, begins):
                (self.PrepareForShutdown if what == 'shutdown' else self.PrepareForSleep)(begins)
        bus = dbus.SessionBus()
        here = Manager(bus, '/org/freedesktop/login1')
        name = dbus.service.BusName('org.freedesktop.login1', bus)
        note()
        GLib.MainLoop().run()
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("tl-logind-").FullName;
    private readonly List<StreamingChild> programs = [];

    public string Bus => $"unix:path={Path.Combine(folder, "bus")}";

    /// <summary>The locks that are held now: what, who, mode.</summary>
    public IReadOnlyList<string> Locks =>
        File.Exists(Path.Combine(folder, "locks")) ? File.ReadAllLines(Path.Combine(folder, "locks")) : [];

    /// <summary>How many locks were given out so far.</summary>
    public int Given =>
        int.Parse(File.ReadAllText(Path.Combine(folder, "given")), System.Globalization.CultureInfo.InvariantCulture);

    private Dictionary<string, string> Environment =>
        new() { ["PATH"] = "/usr/bin:/bin", ["HOME"] = folder, ["DBUS_SESSION_BUS_ADDRESS"] = Bus };

    public static async Task<Logind> StartAsync()
    {
        var logind = new Logind();
        logind.Launch("dbus-daemon", "--session", "--nofork", $"--address={logind.Bus}");
        await UnixSocket.AnswersAsync(Path.Combine(logind.folder, "bus"));
        logind.Launch("/usr/bin/python3", "-c", StandIn, logind.folder);
        await AgentRig.UntilAsync(() => File.Exists(Path.Combine(logind.folder, "locks")));
        return logind;
    }

    public async Task SayAsync(string what, bool begins)
    {
        var call = await ChildProcess.RunAsync(new("gdbus",
            ["call", "--session", "--dest", "org.freedesktop.login1", "--object-path", "/org/freedesktop/login1",
                "--method", "tests.Machine.Say", what, begins ? "true" : "false"])
        { Environment = Environment },
                    TimeSpan.FromSeconds(30), 1024, default);
        if (call.ExitCode != 0)
        {
            throw new InvalidOperationException(call.Errors);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Enumerable.Reverse(programs))
        {
            await program.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private void Launch(string program, params string[] arguments) =>
        programs.Add(ChildProcess.Start(new(program, arguments) { Environment = Environment }));
}
