using System.Text;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Tests.Core.Secrets;

/// <summary>A real gnome-keyring, unlocked, on a session bus of its own. All is gone afterwards.</summary>
public sealed class KeyRing : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tl-ring-").FullName;
    private readonly List<StreamingChild> programs = [];

    private Dictionary<string, string> Environment => new()
    {
        ["PATH"] = "/usr/bin:/bin",
        ["HOME"] = folder,
        ["XDG_RUNTIME_DIR"] = folder,
        ["DBUS_SESSION_BUS_ADDRESS"] = $"unix:path={Bus}",
    };

    private string Bus => Path.Combine(folder, "bus");

    public SecretServiceStore Store => new(Environment);

    public static async Task<KeyRing> StartAsync()
    {
        var ring = new KeyRing();
        ring.Launch("dbus-daemon", "", "--session", "--nofork", $"--address=unix:path={ring.Bus}");
        await Agent.AgentRig.UntilAsync(() => File.Exists(ring.Bus));
        ring.Launch("gnome-keyring-daemon", "the ring's password", "--unlock", "--foreground", "--components=secrets");
        for (var tries = 0; await ring.Store.WhyNotAsync(default) is { } reason; await Task.Delay(50))
        {
            if (tries++ == 100)
            {
                throw new InvalidOperationException(reason);
            }
        }

        return ring;
    }

    private void Launch(string program, string input, params string[] arguments) =>
        programs.Add(ChildProcess.Start(new(program, arguments) { Environment = Environment, Input = Encoding.UTF8.GetBytes(input) }));

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Enumerable.Reverse(programs))
        {
            await program.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
