using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TimeLocker.Tests.Servers;

/// <summary>
/// A server on loopback with a port and a temporary folder of its own. It and all that it started are gone afterwards.
/// </summary>
public abstract partial class TestServer : IAsyncDisposable
{
    private const int Kill = 9, Stop = 19, Continue = 18;

    private Process? process;

    protected TestServer(string kind)
    {
        Root = Directory.CreateTempSubdirectory($"tl-{kind}-").FullName;
        Port = Ports.Free();
    }

    public string Root { get; }
    public int Port { get; }

    public string In(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The program, found by <see cref="Programs"/>, and its arguments. It stays in the foreground.</summary>
    protected abstract IReadOnlyList<string> Command { get; }

    /// <summary>Variables that it gets besides those of the tests.</summary>
    protected virtual IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>();

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("setsid",
            ["sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", In("log"),
                .. Command])
        { WorkingDirectory = Root };
        start.Environment["HOME"] = Root;
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        await Ports.AnswersAsync(Port,
            () => process.HasExited ? $"{GetType().Name} ended at once: {File.ReadAllText(In("log"))}" : null);
    }

    /// <summary>As when its power is cut: no last word to anybody.</summary>
    public async Task KillAsync()
    {
        Signal(Kill);
        await process!.WaitForExitAsync();
    }

    /// <summary>It keeps its connections and does nothing any more, until <see cref="Thaw"/>.</summary>
    public void Freeze() => Signal(Stop);

    public void Thaw() => Signal(Continue);

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await KillAsync();
        }

        process?.Dispose();
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static async Task<string> SayAsync(string input, params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{command[0]}: {await errors}");
    }

    // A server gives each connection a process, some of them in a session of its own: the parents tell who belongs to it.
    private void Signal(int signal)
    {
        var parents = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _)).ToDictionary(name => int.Parse(name!, null),
            name => Parent(name!));
        List<int> family = [process!.Id];
        for (var i = 0; i < family.Count; i++)
        {
            family.AddRange(parents.Where(p => p.Value == family[i]).Select(p => p.Key));
        }

        foreach (var pid in family)
        {
            _ = Send(pid, signal);
        }
    }

    private static int Parent(string pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 4)..].Split(' ')[0], null);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Send(int pid, int signal);
}
