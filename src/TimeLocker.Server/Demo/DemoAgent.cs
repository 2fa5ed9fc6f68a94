using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Server.Demo;

/// <summary>Every machine of the demo. Answers as an agent does, and touches neither disk nor restic.</summary>
public sealed class DemoAgent(TimeProvider clock) : IAgent, IDisposable
{
    private readonly ConcurrentDictionary<Guid, DemoRun> runs = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<Snapshot>> repositories = new();

    internal void Keep(string location, IEnumerable<Snapshot> snapshots)
    {
        foreach (var snapshot in snapshots)
        {
            repositories.GetOrAdd(location, _ => []).Add(snapshot);
        }
    }

    public IAsyncEnumerable<RunEvent> RunAsync(RunSpec spec, long afterSequence, CancellationToken ct) => runs
        .GetOrAdd(spec.RunId, _ => new(spec, DemoHistory.Hex($"snapshot {spec.RunId}"), clock, Finished))
        .ListenAsync(afterSequence, ct);

    private void Finished(RunSpec spec, RunEnded ended)
    {
        if (ended.SnapshotId is { } made && spec is BackupSpec backup)
        {
            Keep(spec.Target.Location,
            [
                new()
                {
                    RepositoryId = Guid.Empty,
                    Id = made,
                    Tree = DemoHistory.Hex("tree /"),
                    Time = ended.At,
                    Host = backup.Host,
                    Paths = [.. backup.Sources],
                    Tags = [.. backup.Options.Tags, backup.Tag],
                    RunId = spec.RunId,
                },
            ]);
        }
    }

    public Task<bool> KnowsAsync(Guid runId, CancellationToken ct) => Task.FromResult(runs.ContainsKey(runId));

    /// <summary>What goes on ends: it has no process that could outlive the demo.</summary>
    public void Dispose()
    {
        foreach (var run in runs.Values)
        {
            run.Stop();
        }
    }

    public Task StopAsync(Guid runId, CancellationToken ct)
    {
        runs.GetValueOrDefault(runId)?.Stop();
        return Task.CompletedTask;
    }

    public Task<TAnswer> AskAsync<TAnswer>(Question<TAnswer> question, CancellationToken ct) =>
        Task.FromResult((TAnswer)Answer(question));

    public IAsyncEnumerable<TPart> ReadAsync<TPart>(StreamQuestion<TPart> question, CancellationToken ct) => question switch
    {
        ListSnapshots { Target: var at } => (IAsyncEnumerable<TPart>)(repositories.GetValueOrDefault(at.Location)
            ?? []).ToAsyncEnumerable(),
        _ => throw new NotSupportedException($"the demo does not answer {question.GetType().Name}"),
    };

    private object Answer(Question question) => question switch
    {
        DescribeMachine => new MachineFacts("office-server", "Debian 12, x86-64", "/home/office", "0.19.1",
            "/usr/bin/restic", null)
        {
            Schemes = ["b2", "gs", "local", "rclone", "rest", "s3", "sftp", "swift"],
            Programs = ["ssh", "rclone"],
        },
        TestRepository { Target: var at } => repositories.ContainsKey(at.Location) ? Ready(at.Location)
            : new RepositoryFacts(RepositoryState.Missing, null, null, null, 900L << 30, null),
        CreateRepository { Target: var at } => Made(at.Location),
        ReadTree tree => DemoDisk.Tree(tree.Path),
        ListLocks => Array.Empty<RepositoryLock>(),
        ListKeys => (RepositoryKey[])[new(DemoHistory.Hex("key 1"), "root", "office-server",
            clock.GetUtcNow().AddDays(-190), Current: true),
            new(DemoHistory.Hex("key 2"), "anna", "safe", clock.GetUtcNow().AddDays(-120), Current: false)],
        AddKey key => DemoHistory.Hex($"key {key.User}"),
        RemoveKey => true,
        ReadHostKeys =>
            (IReadOnlyList<HostKey>)[new(
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIgealvY8GswfGX0vazwDxdZT3QV6Yu5UMH4R4uEV2O1",
                "SHA256:1KPgirpcvRqMAnb7dvLCJ4p7h0BQblQuekOzpPRl68k")],
        ListFolder folder => DemoDisk.Folder(folder.Path),
        ListTriggers => Array.Empty<TriggerKind>(),
        UnusableSources => Array.Empty<RunIssue>(),
        CleanUp cleanup => Tidy(cleanup),
        ListHooks => new HookFolder("/etc/timelocker/hooks",
            [new("pg-dump", null), new("service-start", null), new("service-stop", null),
                new("vm-pause", Texts.HookNotExecutable)], null),
        MeasureFolder folder => DemoDisk.Size(folder.Path),
        _ => throw new NotSupportedException($"the demo does not answer {question.GetType().Name}"),
    };

    private static IReadOnlyList<Freed> Tidy(CleanUp wanted) => wanted.LogsBefore == DateTimeOffset.MaxValue
        ? [new("cache", "/var/lib/timelocker/cache", 412L << 20), new("log", "/var/lib/timelocker/runs", 38L << 20)]
        : [new("cache", $"/var/lib/timelocker/cache/{DemoHistory.Hex("removed")}", 96L << 20),
            new("log", "/var/lib/timelocker/runs", 4L << 20)];

    private RepositoryFacts Made(string location)
    {
        repositories.TryAdd(location, []);
        return Ready(location);
    }

    private static RepositoryFacts Ready(string location) =>
        new(RepositoryState.Ready, DemoHistory.Hex($"repository {location}"), null, 4096, 900L << 30, null);

    public Task<Stream> OpenAsync(FileRequest request, CancellationToken ct)
    {
        var content = Encoding.UTF8.GetBytes("This file is part of the demo: it was made up.\n");
        var answer = new MemoryStream();
        if (request.Format == DownloadFormat.Zip)
        {
            using var zip = new ZipArchive(answer, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var path in request.Paths)
            {
                using var entry = zip.CreateEntry(path.TrimStart('/')).Open();
                entry.Write(content);
            }
        }
        else if (request.Format == DownloadFormat.Tar)
        {
            using var tar = new TarWriter(answer, leaveOpen: true);
            foreach (var path in request.Paths)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile,
                    path.TrimStart('/'))
                { DataStream = new MemoryStream(content) });
            }
        }
        else
        {
            answer.Write(content);
        }

        answer.Position = 0;
        return Task.FromResult<Stream>(answer);
    }

    public Task<Stream?> OpenLogAsync(Guid runId, CancellationToken ct) =>
        Task.FromResult<Stream?>(new MemoryStream(Encoding.UTF8.GetBytes(
        $"restic 0.19.1 compiled with go1.25 on linux/amd64\nopen repository\nrepository opened (version 2, "
        + $"compression level auto)\nusing parent snapshot {DemoHistory.Hex(runId.ToString())[..8]}\nload index "
        + $"files\nstart scan\nstart backup\nscan finished\n")));
}
