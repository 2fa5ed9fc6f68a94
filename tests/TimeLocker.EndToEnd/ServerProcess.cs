using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core.Processes;
using TimeLocker.Tests.Servers;
using Xunit;

[assembly: CollectionBehavior(MaxParallelThreads = 2)]

namespace TimeLocker.EndToEnd;

/// <summary>
/// The built program as people start it: its own process, state directory and port. Everything it started is gone
/// afterwards.
/// </summary>
public class ServerProcess : IAsyncLifetime
{
    public const string Admin = "ada", Password = "correct horse battery staple";

    private readonly Dictionary<string, string> environment;
    private Process? process;
    private string? told;

    public ServerProcess()
    {
        Root = Directory.CreateTempSubdirectory("tl-e2e-").FullName;
        Data = In("state");
        Port = Ports.Free();
        environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string)v.Value!);
        environment["TIMELOCKER_RESTIC"] = In("restic");
        environment["HOME"] = Directory.CreateDirectory(In("home")).FullName; // what pages show is made up, whoever runs this
    }

    public string Root { get; }
    public string Data { get; }
    public int Port { get; }
    public Uri Address => new($"http://localhost:{Port}/");
    public string Token { get; private set; } = "";
    public string Restic { get; private set; } = "";
    public ApiClient Api { get; private set; } = null!;

    /// <summary>Holds every restic that starts from now on back, so that a run lasts long enough to be met under way.</summary>
    public bool Slow { set => Mark("slow", value); }

    /// <summary>Every backup that starts from now on does nothing until this is false again.</summary>
    public bool Waits { set => Mark("wait", value); }

    /// <summary>What else its next start is told.</summary>
    public IReadOnlyList<string> More { get; set; } = [];

    // The made-up fleet has a state directory of its own, which goes with it.
    private bool IsDemo => More.Contains("--demo");

    /// <summary>False: nobody is set up and there is no token, as at a first start.</summary>
    protected virtual bool SetsUp => true;

    public static string RepositoryRoot { get; } = Above(AppContext.BaseDirectory, "TimeLocker.sln");

    private static string Program =>
        Path.Combine(RepositoryRoot, "src", "TimeLocker", "bin",
            new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "timelocker");

    public string In(params string[] parts) => Path.Combine([Root, .. parts]);

    public async Task InitializeAsync()
    {
        Restic = (await new ResticBinary().FindAsync()).Path;
        File.WriteAllText(In("restic"),
            $"#!/bin/sh\nwhile [ \"$1\" = backup ] && [ -e '{In("wait")}' ]; do sleep 0.05; done\nif [ -e "
            + $"'{In("slow")}' ]; then exec '{Restic}' --limit-upload 512 \"$@\"; fi\nexec '{Restic}' \"$@\"\n");
        File.SetUnixFileMode(In("restic"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (SetsUp)
        {
            (await CommandAsync(Password + "\n", "setup", "--admin", Admin, "--password-stdin", "--data", Data)).Must(0);
            Token = await TokenAsync("Admin");
            Api = Client(Token);
        }

        await StartAsync();
    }

    /// <summary>A program in the machine's own folder of hooks.</summary>
    public void WriteHook(string name, string script, int mode = 0b111_101_101)
    {
        Directory.CreateDirectory(In("hooks"));
        File.SetUnixFileMode(In("hooks"), (UnixFileMode)0b111_101_101);
        File.WriteAllText(In("hooks", name), $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(In("hooks", name), (UnixFileMode)mode);
    }

    private void Mark(string file, bool there)
    {
        if (there) { File.WriteAllText(In(file), ""); }
        else { File.Delete(In(file)); }
    }

    public Task StartAsync()
    {
        Launch();
        return AnswersAsync();
    }

    /// <summary>Starts it and does not wait until it answers.</summary>
    public void Launch()
    {
        var start = new ProcessStartInfo("setsid",
            ["sh", "-c", "exec \"$0\" \"$@\" >>\"$LOG\" 2>&1 </dev/null", Program, "serve", "--data", Data, "--port",
                $"{Port}", "--hooks", In("hooks"), "--plugins", In("plugins"), .. More]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["LOG"] = In("log");
        told = Told;
        process = Process.Start(start)!;
    }

    /// <summary>SIGTERM, and its exit code.</summary>
    public async Task<int> EndAsync()
    {
        Signal("-TERM", [process!.Id]); // it may not lead its group yet
        await EndedAsync(process);
        return process.ExitCode;
    }

    /// <summary>All that it and those before it printed.</summary>
    public string Log => File.Exists(In("log")) ? File.ReadAllText(In("log")) : "";

    /// <summary>SIGKILL: no last word, no tidying.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public async Task<string> TokenAsync(string role) =>
        (await CommandAsync("", "token", "create", "--name", role, "--role", role, "--json", "--data", Data)).Must(0).Text("token");

    public ApiClient Client(string? token) => new(new HttpClient(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = Address,
        DefaultRequestHeaders = { Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token) },
    });

    /// <summary>The command line of the product.</summary>
    public async Task<Said> CommandAsync(string input, params string[] arguments)
    {
        var command = new ChildCommand(Program, arguments)
        {
            Environment = environment,
            Input = Encoding.UTF8.GetBytes(input),
            WorkingDirectory = Root,
        };
        var result = await ChildProcess.RunAsync(command, TimeSpan.FromSeconds(90), 1 << 24, default);
        return new(result.ExitCode, Encoding.UTF8.GetString(result.Output), result.Errors);
    }

    /// <summary>Plain restic, without TimeLocker.</summary>
    public Task<Said> ResticAsync(string repository, string password, params string[] arguments) =>
        ResticAsync(repository, password, new Dictionary<string, string>(), arguments);

    /// <param name="more">Variables that restic needs to get there.</param>
    public async Task<Said> ResticAsync(string repository, string password, IReadOnlyDictionary<string, string> more,
        params string[] arguments)
    {
        var own = new Dictionary<string,
            string>([.. environment.Where(v => !more.ContainsKey(v.Key)),
                .. more])
        {
            ["RESTIC_REPOSITORY"] = repository,
            ["RESTIC_PASSWORD"] = password,
            ["RESTIC_CACHE_DIR"] = In("cache"),
        };
        var result = await ChildProcess.RunAsync(new ChildCommand(Restic, arguments)
        {
            Environment = own,
            WorkingDirectory = Root,
        }, TimeSpan.FromSeconds(90), 1 << 24, default);
        return new(result.ExitCode, Encoding.UTF8.GetString(result.Output), result.Errors);
    }

    /// <summary>
    /// Processes, the server aside, that carry this state directory in their environment: restic and what wraps it.
    /// </summary>
    public IReadOnlyList<int> Offspring =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _))
            .Select(n => int.Parse(n!, null)).Where(IsOurs)];

    /// <summary>What it started stands still until the answer is disposed.</summary>
    public IDisposable Hold()
    {
        Signal("-STOP", Offspring);
        return new Held(this);
    }

    private static void Signal(string signal, IEnumerable<int> processes) =>
        Process.Start("kill", [signal, .. processes.Select(p => $"{p}")]).WaitForExit();

    private sealed class Held(ServerProcess server) : IDisposable
    {
        public void Dispose() => Signal("-CONT", server.Offspring);
    }

    /// <summary>
    /// Nothing it started stays. A start reads every repository's list again, so restic may be there for a moment.
    /// </summary>
    public Task IsAloneAsync() => Eventually.Async(() => Task.FromResult(Offspring.Count == 0), 30);

    public async Task DisposeAsync()
    {
        var fault = process is { HasExited: true, ExitCode: not 128 + ProcessIdentity.Kill }
            ? $"The server ended by itself with {process.ExitCode}: {await File.ReadAllTextAsync(In("log"))}" : null;
        if (process is { HasExited: false })
        {
            await StopAsync(process);
        }

        foreach (var left in Offspring)
        {
            ProcessIdentity.Of(left)?.SignalGroup(ProcessIdentity.Kill);
        }

        await IsAloneAsync();
        Directory.Delete(Root, recursive: true);
        fault.ShouldBeNull();
    }

    private async Task StopAsync(Process running)
    {
        ProcessIdentity.Of(running.Id)?.SignalGroup(ProcessIdentity.Terminate);
        await EndedAsync(running);
    }

    private async Task EndedAsync(Process running)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            await running.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
            throw new InvalidOperationException($"The server did not stop within 60 s: {await File.ReadAllTextAsync(In("log"))}");
        }
    }

    // Where it is and how to come in, for the command line: another token at each start, written once it answers. A
    // kill leaves the last one.
    private string? Told =>
        File.Exists(Path.Combine(Data, "server.json")) ? File.ReadAllText(Path.Combine(Data, "server.json")) : null;

    private async Task AnswersAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
        await Eventually.Async(async () =>
        {
            try
            {
                return !process!.HasExited
                    ? await http.GetStringAsync("healthz") == "ok" && (IsDemo || (Told is { } now && now != told))
                    : throw new InvalidOperationException(
                        $"The server ended: {await File.ReadAllTextAsync(In("log"))}");
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, 60);
    }

    private bool IsOurs(int pid)
    {
        try
        {
            return ProcessIdentity.Of(pid) is not null
                && File.ReadAllText($"/proc/{pid}/environ").Contains($"RESTIC_CACHE_DIR={Data}/",
                    StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Above(string folder, string file) =>
        File.Exists(Path.Combine(folder, file)) ? folder : Above(Path.GetDirectoryName(folder.TrimEnd('/'))!, file);
}

/// <summary>What a command said, and its exit code.</summary>
public sealed record Said(int ExitCode, string Output, string Errors)
{
    public Said Must(int exit)
    {
        ExitCode.ShouldBe(exit, $"{Output}\n{Errors}");
        return this;
    }

    public JsonNode Json => JsonNode.Parse(Output)!;

    public string Text(string name) => Json.Text(name);
}

[CollectionDefinition(Name)]
public sealed class OneServer : ICollectionFixture<ServerProcess>
{
    public const string Name = "one server";
}
