using System.Runtime.CompilerServices;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Agent.Triggers;

/// <summary>
/// Before the machine goes down or to sleep. logind says so to those who hold a delay lock, and waits for them – five
/// seconds, unless its InhibitDelayMaxSec says more. A backup that is not done by then goes on at the next start of the
/// machine as any that was interrupted.
/// </summary>
public sealed class ShutdownTrigger(TimeProvider clock) : IMachineTrigger
{
    private const string Shutdown = "shutdown", Suspend = "suspend", Both = "both";

    public string Kind => "shutdown";
    public Text Title => Texts.ShutdownTitle;
    public Text Help => Texts.ShutdownHelp;
    public IReadOnlyList<Field> Fields { get; } = [new("before", Texts.Before,
        FieldType.Choice) { Choices = [Shutdown, Suspend, Both], Default = Shutdown }];

    /// <summary>Address of the bus that logind is on; null: the system's.</summary>
    internal string? Bus { get; init; } = System.Environment.GetEnvironmentVariable("DBUS_SYSTEM_BUS_ADDRESS");

    public async IAsyncEnumerable<Firing> WatchAsync(FieldValues values, [EnumeratorCancellation] CancellationToken ct)
    {
        Require();
        var before = values.Has("before") ? values["before"] : Shutdown;
        await using var signals = ChildProcess.Start(new("gdbus",
            ["monitor", "--system", "--dest", "org.freedesktop.login1", "--object-path",
                "/org/freedesktop/login1"])
        { Environment = Environment });
        using var lines = new StreamReader(signals.Output);
        var hold = await HoldAsync(before, ct);
        try
        {
            while (await lines.ReadLineAsync(ct) is { } line)
            {
                if (Read(line) is not (var what, var begins) || (before != Both && before != what))
                {
                    continue;
                }

                if (begins)
                {
                    yield return new(clock.GetUtcNow(),
                        what == Shutdown ? Texts.MachineShuttingDown : Texts.MachineGoingSleep)
                    { Holds = true };
                    await hold.DisposeAsync(); // what it waited for is done
                }
                else
                {
                    await hold.DisposeAsync();
                    hold = await HoldAsync(before, ct); // it woke up, or nobody wanted it to go down any more
                }
            }
        }
        finally
        {
            await hold.DisposeAsync();
        }

        throw Unavailable(Texts.GdbusEnded(signals.Errors.Trim().AsForeign()));
    }

    /// <summary>A line of <c>gdbus monitor</c>: what begins (true) or is over.</summary>
    internal static (string What, bool Begins)? Read(string line) => line.Trim() switch
    {
        var l when l.EndsWith(".Manager.PrepareForShutdown (true,)", StringComparison.Ordinal) => (Shutdown, true),
        var l when l.EndsWith(".Manager.PrepareForShutdown (false,)", StringComparison.Ordinal) => (Shutdown, false),
        var l when l.EndsWith(".Manager.PrepareForSleep (true,)", StringComparison.Ordinal) => (Suspend, true),
        var l when l.EndsWith(".Manager.PrepareForSleep (false,)", StringComparison.Ordinal) => (Suspend, false),
        _ => null,
    };

    // tail ends with us: a lock that nobody can give back would slow down every shutdown.
    private async Task<StreamingChild> HoldAsync(string before, CancellationToken ct)
    {
        var what = before switch { Shutdown => "shutdown", Suspend => "sleep", _ => "shutdown:sleep" };
        var hold = ChildProcess.Start(new("systemd-inhibit",
            [$"--what={what}", "--mode=delay", "--who=TimeLocker", "--why=A backup before the machine goes down", "sh",
                "-c", $"echo held; exec tail --pid={System.Environment.ProcessId} -s 30 -f /dev/null"])
        {
            Environment =
                    Environment
        });
        var said = new byte[16];
        if (await hold.Output.ReadAsync(said, ct) > 0)
        {
            return hold;
        }

        await hold.StopAsync();
        var why = hold.Errors.Trim();
        await hold.DisposeAsync();
        throw Unavailable(why.Length > 0 ? Text.Verbatim(why.AsForeign()) : Texts.SystemdInhibitGotNo);
    }

    private Dictionary<string, string> Environment
    {
        get
        {
            var environment = new Dictionary<string,
                string>
            { ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin" };
            if (Bus is { } bus)
            {
                environment["DBUS_SYSTEM_BUS_ADDRESS"] = bus;
            }

            return environment;
        }
    }

    private static void Require()
    {
        if (Programs.Found(["systemd-inhibit", "gdbus"]).Count < 2)
        {
            throw Unavailable(Texts.NeedsSystemdInhibitSystemd);
        }
    }

    private static ProblemException Unavailable(Text why) =>
        new(ProblemKind.Unavailable, Texts.MachineDoesNotSay, why, Texts.UseMachineSystemdLogind);
}
