using System.Text;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Restic;

/// <summary>Builds what restic is started with and runs its short calls.</summary>
/// <param name="state">The agent's state directory: cache and temporary files of restic are kept there.</param>
internal sealed class ResticProcess(string state, ResticBinary binary)
{
    public static TimeSpan QuickLimit { get; } = TimeSpan.FromSeconds(20);
    public static TimeSpan LongLimit { get; } = TimeSpan.FromMinutes(2);

    public async Task<ChildCommand> CommandAsync(ResticTarget target, IReadOnlyList<string> arguments)
    {
        var program = await binary.FindAsync();
        var temporary = OwnFolder("tmp");
        return new ChildCommand(program.Path, arguments)
        {
            WorkingDirectory = temporary,
            Environment = EnvironmentFor(target, temporary),
            Input = Encoding.UTF8.GetBytes(target.Password.Reveal() + "\n"),
        };
    }

    /// <summary>A short call.</summary>
    public async Task<ChildResult> AskAsync(ResticTarget target, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken ct, int mostOutput = 256 << 20) =>
        await ChildProcess.RunAsync(await CommandAsync(target, arguments), limit, mostOutput, ct);

    /// <summary>Removes locks that processes of this machine left behind when they died. What cannot be removed now goes stale by itself.</summary>
    public async Task UnlockAsync(ResticTarget target)
    {
        if (target.Folder is not { } folder || HasLocks(folder))
        {
            await AskAsync(target, ResticArguments.Unlock(target), QuickLimit, CancellationToken.None);
        }
    }

    public static bool HasLocks(string folder)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(folder, "locks")).Any();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private Dictionary<string, string> EnvironmentFor(ResticTarget target, string temporary)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = Environment.GetEnvironmentVariable("HOME") ?? state,
            ["TMPDIR"] = temporary,
            ["LANG"] = "C.UTF-8",
            ["TZ"] = "UTC",
            ["RESTIC_CACHE_DIR"] = OwnFolder("cache"),
            ["RESTIC_PROGRESS_FPS"] = "10",
            ["RESTIC_REPOSITORY"] = target.Location,
        };
        foreach (var (name, value) in target.Environment)
        {
            environment[name] = value.Reveal();
        }

        return environment;
    }

    private string OwnFolder(string name) => Directory.CreateDirectory(Path.Combine(state, name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
}
