using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Shouldly;
using TimeLocker.Agent;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Servers;

namespace TimeLocker.Tests.Agent;

/// <summary>A temporary place with a real restic, a repository in a folder, and an agent. All is gone afterwards.</summary>
public sealed class AgentRig : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly List<LocalAgent> agents = [];
    private string? restic;

    /// <param name="restic">Instead of the real one.</param>
    /// <param name="script">What a stand-in for restic does (a shell script; the words after <c>restic</c> are its
    /// arguments).</param>
    /// <param name="patience">See <see cref="Patience"/>.</param>
    public AgentRig(string? restic = null, string? script = null, TimeSpan? patience = null)
    {
        (this.restic, Patience) = (restic, patience);
        Root = Directory.CreateTempSubdirectory("tl-agent-").FullName;
        if (script is not null)
        {
            StandIn(script);
        }

        Agent = Restart();
    }

    /// <summary>The real restic, held back so that a run lasts long enough to be met under way.</summary>
    public static async Task<AgentRig> SlowAsync(int kilobytesPerSecond) =>
        new(script: $"exec {(await new ResticBinary().FindAsync()).Path} --limit-upload {kilobytesPerSecond} \"$@\"");

    /// <summary>
    /// The same, and a backup that was made is not over before <see cref="LetGo"/>: however busy the machine is, it is
    /// met under way.
    /// </summary>
    public static async Task<AgentRig> HeldAsync(int kilobytesPerSecond)
    {
        var rig = new AgentRig(script: "");
        rig.StandIn($"""
            trap stopped=yes TERM
            {(await new ResticBinary().FindAsync()).Path} --limit-upload {kilobytesPerSecond} "$@"; code=$?
            case "$*" in *files-from*) while [ "$code$stopped" = 0 ] && [ ! -e {rig.In("let-go")} ]; do sleep 0.05; done;; esac
            exit $code
            """);
        return rig;
    }

    public void LetGo() => Write("let-go");

    public void StandIn(string script) => restic = WriteProgram("restic", $$"""
        if [ "$1" = version ]; then echo '{"message_type":"version","version":"0.19.1"}'; exit; fi
        {{script}}
        """);

    public string Root { get; }
    public string State => In("state");
    public LocalAgent Agent { get; private set; }

    /// <summary>
    /// The clock of agents that are started from now on, and how long their restic may try to reach a repository.
    /// </summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
    public TimeSpan? Patience { get; set; }
    public ResticTarget Target => new() { Location = In("repo"), Folder = In("repo"), Password = new Secret(Password) };

    public string In(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>As after a restart of TimeLocker; the agent before is left as it is.</summary>
    public LocalAgent Restart()
    {
        Agent = new LocalAgent(State, Clock, new ResticBinary(restic), Patience)
        {
            HostPaths = new() { HookFolder = In("hooks"), PowerFolder = In("power"), Busctl = In("busctl") },
            Extensions = BuiltInExtensions.Of(new() { Data = State }, Clock),
        };
        agents.Add(Agent);
        return Agent;
    }

    public async Task<ResticTarget> CreateRepositoryAsync()
    {
        FreshRepository.Put(In("repo"), Password);
        return await AddRepositoryAsync();
    }

    /// <summary>The one that is there already.</summary>
    public async Task<ResticTarget> AddRepositoryAsync() =>
        Target with
        {
            PinnedConfig = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(In("repo", "config"))))
        };

    /// <summary>What a server keeps beside the agent's own files: some of it must never leave.</summary>
    public void WriteServersState()
    {
        Write("state/keys/timelocker.key", "the key to all secrets");
        Write("state/server.json", "the owner's token");
        Write("state/timelocker.db", "the database");
    }

    public string Write(string path, string content = "content")
    {
        var full = In(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    /// <summary>Bytes that neither compress nor repeat, the same in each call.</summary>
    public string WriteNoise(string path, int megabytes)
    {
        var full = Write(path, "");
        var bytes = new byte[1 << 20];
        var random = new Random(megabytes);
        using var file = File.Create(full);
        for (var i = 0; i < megabytes; i++)
        {
            random.NextBytes(bytes);
            file.Write(bytes);
        }

        return full;
    }

    /// <summary>A shell script that its owner alone can write to.</summary>
    public string WriteProgram(string path, string script)
    {
        var full = Write(path, "");
        Executable.Write(full, $"#!/bin/sh\n{script}\n");
        return full;
    }

    /// <summary>A program in the machine's hook directory.</summary>
    public string WriteHook(string name, string script)
    {
        var hook = WriteProgram(Path.Combine("hooks", name), script);
        File.SetUnixFileMode(In("hooks"), (UnixFileMode)0b111_101_101);
        return hook;
    }

    public BackupSpec Backup(ResticTarget target, params string[] sources) =>
        new() { RunId = Guid.CreateVersion7(), Target = target, Host = "tester", Sources = [.. sources] };

    public async Task<Run> RunAsync(RunSpec spec, Action<Run>? each = null) => await FollowAsync(Agent, spec, NewRun(spec), each);

    public static async Task<Run> FollowAsync(IAgent agent, RunSpec spec, Run run, Action<Run>? each = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var happened in agent.RunAsync(spec, run.LastSequence, limit.Token))
        {
            happened.Sequence.ShouldBe(run.LastSequence + 1);
            run.Apply(happened);
            each?.Invoke(run);
        }

        return run;
    }

    public static Run NewRun(RunSpec spec) => new()
    {
        Id = spec.RunId,
        Kind = spec switch
        {
            BackupSpec => RunKind.Backup,
            RestoreSpec => RunKind.Restore,
            CheckSpec => RunKind.Check,
            PruneSpec => RunKind.Prune,
            UnlockSpec => RunKind.Unlock,
            RepairSpec => RunKind.Repair,
            CopySpec => RunKind.Copy,
            _ => RunKind.Stats
        },
        Cause = RunCause.Person,
        RepositoryId = Guid.NewGuid(),
        MachineId = Guid.NewGuid(),
        Title = Text.Verbatim("test"),
        RequestedBy = "system",
        Request = new BackupRequest(BackupMode.Incremental, []),
        QueuedAt = DateTimeOffset.UnixEpoch,
    };

    public async Task<string> LogAsync(Guid runId)
    {
        await using var log = await Agent.OpenLogAsync(runId, default);
        using var reader = new StreamReader(log.ShouldNotBeNull());
        return await reader.ReadToEndAsync();
    }

    public IEnumerable<string> Locks => Directory.EnumerateFiles(In("repo", "locks"));

    public static async Task<string> ShellAsync(string script, string directory)
    {
        var result = await ChildProcess.RunAsync(new ChildCommand("sh", ["-c", script])
        {
            WorkingDirectory = directory,
            Environment = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
        },
            TimeSpan.FromSeconds(30), 1 << 24, default);
        result.ExitCode.ShouldBe(0, result.Errors);
        return Encoding.Latin1.GetString(result.Output);
    }

    public static async Task UntilAsync(Func<bool> holds)
    {
        for (var since = Stopwatch.GetTimestamp(); !holds(); await Task.Delay(10))
        {
            Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(60), "It never came to that.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var run in Directory.EnumerateDirectories(In("state", "runs")))
        {
            await Agent.StopAsync(Guid.ParseExact(Path.GetFileName(run), "N"), default);
        }

        foreach (var agent in agents)
        {
            await agent.DisposeAsync();
        }

        await ShellAsync($"rm -rf {Root}", "/"); // .NET cannot name what is not UTF-8
    }
}
