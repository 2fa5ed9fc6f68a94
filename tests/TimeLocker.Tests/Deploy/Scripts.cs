using System.Globalization;
using System.Text;
using TimeLocker.Core.Processes;
using TimeLocker.Tests.Architecture;

namespace TimeLocker.Tests.Deploy;

/// <summary>
/// A copy of the scripts of deploy/, run as somebody who may start few processes: a script that calls itself fails here
/// and takes nothing with it.
/// </summary>
internal sealed class Scripts : IDisposable
{
    private const int Nobody = 65533, MostProcesses = 40;

    public Scripts()
    {
        Root = Directory.CreateTempSubdirectory("tl-deploy-").FullName;
        foreach (var file in (string[])["restic", "start",
            .. Directory.GetFiles(From("lib")).Select(f => "lib/" + Path.GetFileName(f))])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In("deploy/" + file))!);
            File.Copy(From(file), In("deploy/" + file));
        }

        Directory.CreateDirectory(In("home"));
        Open(Root);
    }

    public string Root { get; }
    public string Deploy => In("deploy");
    public string Home => In("home");

    private static bool IsRoot => Environment.UserName == "root";

    private static string From(string file) => Path.Combine(Sources.Root, "deploy", file);

    public string In(string path) => Path.Combine(Root, path);

    /// <summary>A restic that says its version and nothing else, or whatever the script does.</summary>
    public string Write(string path, string script = "echo 'restic 0.19.1 compiled with go1.26.4 on linux/amd64'")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), "#!/bin/bash\n" + script + "\n");
        Open(Root);
        return In(path);
    }

    public string Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.CreateSymbolicLink(In(path), target);
        return In(path);
    }

    /// <param name="folders">Come before the system's on the PATH.</param>
    /// <param name="set">More of the environment; a null takes a variable away.</param>
    public async Task<(int Exit, string Said, string Errors)> RunAsync(string[] command, string[] folders,
        params (string Name, string? Value)[] set)
    {
        var environment = new Dictionary<string,
            string>
        { ["PATH"] = string.Join(':', [.. folders, "/usr/bin", "/bin"]), ["HOME"] = Home };
        foreach (var (name, value) in set)
        {
            environment.Remove(name);
            if (value is not null)
            {
                environment[name] = value;
            }
        }

        string[] limited = IsRoot
            ? [$"--nproc={MostProcesses}", "/usr/bin/setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"]
            : [$"--nproc={MostProcesses + Mine()}"];
        var ended = await ChildProcess.RunAsync(new ChildCommand("/usr/bin/prlimit",
            [.. limited, "/usr/bin/timeout", "-s", "KILL", "60", .. command])
        {
            Environment = environment,
            WorkingDirectory = Root,
        },
            TimeSpan.FromSeconds(90), 64 * 1024, CancellationToken.None);
        return (ended.ExitCode, Encoding.UTF8.GetString(ended.Output).TrimEnd(), ended.Errors);
    }

    // The limit counts all threads of the user.
    private static int Mine() =>
        Directory.GetDirectories("/proc")
            .Where(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out _))
        .Sum(d => Directory.Exists(d + "/task") ? Directory.GetDirectories(d + "/task").Length : 0);

    private static void Open(string folder)
    {
        const UnixFileMode All = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        foreach (var path in Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Where(p => new FileInfo(p).LinkTarget is null).Append(folder))
        {
            File.SetUnixFileMode(path, All);
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
