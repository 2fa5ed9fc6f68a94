using System.Security.Cryptography;
using System.Text;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Agent.Restic;

/// <summary>Builds what restic is started with and runs its short calls.</summary>
/// <param name="state">The agent's state directory: cache and temporary files of restic are kept there.</param>
internal sealed class ResticProcess(string state, ResticBinary binary)
{
    private const string Retry = "returned error, retrying after";
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <summary>Cache and temporary files of restic lie in it.</summary>
    public string State => state;

    /// <summary>Why restic goes without its cache now, or null.</summary>
    public Text? WhyNoCache => OwnFolder.WhyNot(Cache);

    private string Cache => Path.Combine(state, "cache");

    public static TimeSpan QuickLimit { get; } = TimeSpan.FromSeconds(20);
    public static TimeSpan LongLimit { get; } = TimeSpan.FromMinutes(2);

    /// <summary>How long restic may try to reach a repository before a run is given up.</summary>
    public required TimeSpan Patience { get; init; }

    /// <param name="folder">Where the target's files lie, see <see cref="CredentialFiles"/>.</param>
    /// <param name="second">What is read from <see cref="ChildCommand.SecondInput"/>.</param>
    public async Task<ChildCommand> CommandAsync(ResticTarget target, IReadOnlyList<string> arguments, string folder,
        Secret? second = null)
    {
        var program = await binary.FindAsync();
        MustBeSafe();
        var temporary = Path.Combine(state, "tmp");
        if (OwnFolder.WhyNot(temporary) is { } closed)
        {
            throw new ProblemException(ProblemKind.Failed, Texts.ResticNoPlaceTemporary, closed,
                Texts.MakeRoomOrGive);
        }

        // restic refuses to work when it cannot write to its cache, and works well without one.
        return new ChildCommand(program.Path,
            [
                .. HasOwnCache(arguments) || WhyNoCache is null ? (string[])[] : ["--no-cache"],
                .. arguments.Select(word => word.Replace(ResticTarget.FilesFolder, folder, StringComparison.Ordinal)),
            ])
        {
            WorkingDirectory = temporary,
            Environment = await EnvironmentAsync(target, temporary, folder),
            Input = Encoding.UTF8.GetBytes(target.Password.Reveal() + "\n"),
            Second = second ?? Secret.Empty,
        };
    }

    /// <exception cref="ProblemException">Somebody else could put another folder in the place of the agent's own.</exception>
    public void MustBeSafe()
    {
        if (TrustedPath.OfParent(Path.Combine(state, "tmp")).Why is { } untrusted)
        {
            throw new ProblemException(ProblemKind.Failed, Problems.TimelockersOwnFolderNot(untrusted));
        }
    }

    /// <summary>A short call.</summary>
    public async Task<ChildResult> AskAsync(ResticTarget target, IReadOnlyList<string> arguments, TimeSpan limit,
        CancellationToken ct, int mostOutput = 256 << 20, Secret? second = null)
    {
        using var files = NewFiles(target);
        return await ChildProcess.RunAsync(await CommandAsync(target, arguments, files.Path, second), limit, mostOutput, ct);
    }

    /// <summary>
    /// A short call that is given up as soon as it is clear why the place cannot be reached: restic itself goes on
    /// trying for a quarter of an hour.
    /// </summary>
    public async Task<ChildResult> ReachAsync(ResticTarget target, IReadOnlyList<string> arguments, TimeSpan limit,
        CancellationToken ct, Secret? second = null)
    {
        var said = await TryAsync(target, arguments, limit, second, ct);
        return said.ExitCode == ResticExit.Failed && Unsaid(said.Errors)
            ? await TryAsync(target, arguments, limit, second, ct) : said;
    }

    private async Task<ChildResult> TryAsync(ResticTarget target, IReadOnlyList<string> arguments, TimeSpan limit,
        Secret? second, CancellationToken ct)
    {
        using var files = NewFiles(target);
        await using var child = ChildProcess.Start(await CommandAsync(target, arguments, files.Path, second));
        using var output = new MemoryStream();
        var reading = child.Output.CopyToAsync(output, ct);
        for (var waited = TimeSpan.Zero; !reading.IsCompleted && waited < limit && !IsHopeless(child.Errors); waited += Glance)
        {
            await Task.WhenAny(reading, Task.Delay(Glance, ct));
        }

        ct.ThrowIfCancellationRequested();
        var ended = reading.IsCompleted;
        return new ChildResult(ended ? await child.WaitAsync(ct) : await child.StopAsync(),
            ended ? output.ToArray() : [], child.Errors, TimedOut: !ended, Truncated: false);
    }

    /// <summary>The target's files for as long as a call lasts.</summary>
    public CredentialFiles NewFiles(ResticTarget target) =>
        CredentialFiles.Write(Path.Combine(Folder("tmp"), $"reach-{Guid.NewGuid():N}"), target);

    /// <summary>
    /// Removes locks that processes of this machine left behind when they died. What cannot be removed now is owed, and
    /// goes stale by itself.
    /// </summary>
    /// <exception cref="ProblemException">restic could not.</exception>
    public async Task UnlockAsync(ResticTarget target)
    {
        if (target.Folder is not { } folder || HasLocks(folder))
        {
            var said = await ReachAsync(target, ResticArguments.Unlock(target), QuickLimit, CancellationToken.None);
            if (said is not { ExitCode: ResticExit.Ok, TimedOut: false })
            {
                OweUnlock(target, null);
                throw ResticExit.Exception(said, new Redactor(target));
            }
        }

        File.Delete(DebtOf(target));
    }

    /// <summary>A lock of ours may be left there, which nobody could remove.</summary>
    public void OweUnlock(ResticTarget target, ProcessIdentity? holder) => File.WriteAllText(DebtOf(target), $"{holder?.Pid ?? 0}");

    /// <summary>Who holds that lock; null: there is none.</summary>
    public ProcessIdentity? UnlockOwed(ResticTarget target) =>
        File.Exists(DebtOf(target)) && int.TryParse(File.ReadAllText(DebtOf(target)), out var pid)
            ? new ProcessIdentity(pid, 0, "") : null;

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

    // The first try may have met a moment of restart; the second has not.
    private static bool IsHopeless(string said) =>
        said.AsSpan().Count(Retry) > 1
            && ResticProblems.Find(said[said.LastIndexOf(Retry, StringComparison.Ordinal)..]) is not null;

    // restic is at times gone before it has passed on what ssh said.
    private static bool Unsaid(string said) =>
        said.Contains("unable to start the sftp session", StringComparison.Ordinal)
            && !said.Contains("subprocess ssh:", StringComparison.Ordinal);

    private async Task<Dictionary<string, string>> EnvironmentAsync(ResticTarget target, string temporary, string folder)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Programs.SearchPath,
            ["HOME"] = Environment.GetEnvironmentVariable("HOME") ?? state,
            ["TMPDIR"] = temporary,
            ["LANG"] = "C.UTF-8",
            ["TZ"] = "UTC",
            ["RESTIC_CACHE_DIR"] = Cache,
            ["RESTIC_PROGRESS_FPS"] = "10",
            ["RESTIC_REPOSITORY"] = target.Location,
        };
        foreach (var (name, value) in target.Environment)
        {
            environment[name] = target.Obscured.Contains(name) ? await Rclone.ObscureAsync(value)
                : value.Reveal().Replace(ResticTarget.FilesFolder, folder, StringComparison.Ordinal);
        }

        foreach (var name in target.Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { } own)
            {
                environment[name] = own;
            }
        }

        return environment;
    }

    private static bool HasOwnCache(IEnumerable<string> arguments) =>
        arguments.Any(word => word.StartsWith("--cache-dir=", StringComparison.Ordinal));

    private string DebtOf(ResticTarget target) =>
        Path.Combine(Folder("locks"), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target.Location))));

    private string Folder(string name) => Directory.CreateDirectory(
        Path.Combine(state, name),
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
}
