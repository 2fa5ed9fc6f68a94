using System.Text;
using TimeLocker.Core;
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
        await Server.DeskRig.UntilAsync(ring.TakesAsync);
        return ring;
    }

    // It answers before it has a collection to write to.
    private async Task<bool> TakesAsync()
    {
        try
        {
            await Store.SaveAsync("ready", [1], default);
            await Store.DeleteAsync("ready", default);
            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
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
