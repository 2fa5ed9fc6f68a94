using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Servers;

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
        var settings = Path.Combine(ring.folder, "bus.conf");
        await File.WriteAllTextAsync(settings, Settings(ring.Bus));
        ring.Launch("dbus-daemon", "", $"--config-file={settings}", "--nofork");
        await UnixSocket.AnswersAsync(ring.Bus);
        ring.Launch("gnome-keyring-daemon", "the ring's password", "--unlock", "--foreground", "--components=secrets");
        await Server.DeskRig.UntilAsync(ring.TakesAsync);
        return ring;
    }

    // A bus that starts no programs: else the first question, asked before ours is ready, starts a second key ring, a locked one.
    private static string Settings(string bus) => $"""
        <busconfig>
          <type>session</type>
          <listen>unix:path={bus}</listen>
          <policy context="default">
            <allow send_destination="*" eavesdrop="true"/>
            <allow eavesdrop="true"/>
            <allow own="*"/>
          </policy>
        </busconfig>
        """;

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
        programs.Add(ChildProcess.Start(new(program, arguments)
        {
            Environment = Environment,
            Input = Encoding.UTF8.GetBytes(input),
        }));

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Enumerable.Reverse(programs))
        {
            await program.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }
}
