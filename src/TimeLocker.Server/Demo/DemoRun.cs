using System.Runtime.CompilerServices;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Server.Demo;

/// <summary>A run that only looks like one: figures that move as restic's do.</summary>
internal sealed class DemoRun(RunSpec spec, string snapshotId, TimeProvider clock, Action<RunSpec, RunEnded> finished)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private readonly CancellationTokenSource stopped = new();
    private readonly Random random = new(spec.RunId.GetHashCode());
    private readonly Lock gate = new();
    private readonly List<RunEvent> said = [];
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? work;

    public void Stop() => stopped.Cancel();

    /// <summary>Begins, or joins what goes on or is over. Of progress only the last is kept.</summary>
    public async IAsyncEnumerable<RunEvent> ListenAsync(long after, [EnumeratorCancellation] CancellationToken ct)
    {
        for (RunEvent? last = null; last is not RunEnded;)
        {
            List<RunEvent> fresh;
            Task next;
            lock (gate)
            {
                work ??= Task.Run(WorkAsync, CancellationToken.None);
                fresh = [.. said.Where(e => e.Sequence > (last?.Sequence ?? after))];
                next = more.Task;
            }

            foreach (var happened in fresh)
            {
                yield return last = happened;
            }

            if (fresh.Count == 0)
            {
                await next.WaitAsync(ct);
            }
        }
    }

    private async Task WorkAsync()
    {
        var number = 0L;
        await foreach (var happened in EventsAsync())
        {
            if (happened is RunEnded ended)
            {
                finished(spec, ended);
            }

            lock (gate)
            {
                said.RemoveAll(e => e is RunProgressed && happened is RunProgressed);
                said.Add(happened with { Sequence = ++number });
                (var waiting, more) = (more, new(TaskCreationOptions.RunContinuationsAsynchronously));
                waiting.SetResult();
            }
        }
    }

    /// <summary>The media library is as large as it takes for a run to be in progress whenever somebody looks.</summary>
    private bool Endless => spec is BackupSpec { Sources: ["/srv/media", ..] };

    private bool IsShort => spec is TagSpec or ForgetSpec or UnlockSpec;

    private async IAsyncEnumerable<RunEvent> EventsAsync()
    {
        var (files, bytes) = spec is BackupSpec b ? DemoFleet.Extent(b.Sources) : (312, 184L << 20);
        var began = clock.GetTimestamp();
        yield return new RunChecked(Checks) { At = Now };
        yield return new RunStarted(spec is BackupSpec saves ? Command(saves.Sources)
            : $"restic {spec.GetType().Name[..^"Spec".Length].ToLowerInvariant()} …", "0.19.1")
        { At = Now };
        var (head, length) = Endless ? (0.37, TimeSpan.FromHours(9)) : (0.0, TimeSpan.FromSeconds(IsShort ? 3 : 18));
        var counting = TimeSpan.FromSeconds(Endless ? 0 : 2);
        for (var done = head; done < 1 && !stopped.IsCancellationRequested;)
        {
            await Task.Delay(Tick, clock);
            var elapsed = clock.GetElapsedTime(began);
            done = Math.Min(1, head + ((1 - head) * elapsed / length));
            yield return new RunProgressed(At(done, elapsed < counting, files, bytes, length)) { At = Now };
        }

        if (stopped.IsCancellationRequested)
        {
            yield return new RunEnded(RunOutcome.Cancelled, null, null, Problem(RunOutcome.Cancelled, 0)) { At = Now };
            yield break;
        }

        yield return new RunFinishing { At = Now };
        await Task.Delay(Tick, clock);
        yield return new RunEnded(RunOutcome.Succeeded,
            spec is BackupSpec { Mode: not BackupMode.DryRun } ? snapshotId : null, Outcome(files, bytes),
            null)
        { At = Now };
    }

    private DateTimeOffset Now => clock.GetUtcNow();

    private static readonly RunCheck[] Checks =
    [
        new("version", CheckLevel.Ok, Texts.CheckedRestic("0.19.1", "/usr/bin/restic")),
        new("identity", CheckLevel.Ok, Texts.CheckedRepository),
        new("space", CheckLevel.Ok, Texts.CheckedSpace("2.5 TiB")),
        new("sources", CheckLevel.Ok, Texts.CheckedSources),
        new("clock", CheckLevel.Ok, Texts.CheckedClock),
    ];

    private static readonly string[] Phases = ["load indexes", "check all packs", "check snapshots, trees and blobs",
        "read the data"];

    private RunProgress At(double done, bool counting, long files, long bytes, TimeSpan length) =>
        spec is not (BackupSpec or RestoreSpec) ? IsShort ? RunProgress.None
            : new() { Fraction = done, Phase = Text.Verbatim(Phases[Math.Min(3, (int)(done * 4))].AsForeign()) } : new()
            {
                FilesDone = (long)(files * done),
                FilesTotal = counting ? 0 : files,
                BytesDone = (long)(bytes * done),
                BytesTotal = counting ? 0 : bytes,
                Fraction = counting ? null : done,
                BytesPerSecond = (long)(bytes * (Endless ? 0.63 : 1) / length.TotalSeconds * (0.85 + (random.NextDouble() * 0.3))),
                SecondsRemaining = counting ? null : (long)((1 - done) / (Endless ? 0.63 : 1) * length.TotalSeconds),
                CurrentFiles = spec is BackupSpec { Sources: [var first, ..] }
            ? [$"{first}/2026/scan-{(long)(files * done):D6}.tiff",
                $"{first}/2026/scan-{(long)(files * done) + 1:D6}.tiff"]
                    : [$"/restored/page-{(long)(files * done):D4}.pdf"],
            };

    private RunResult Outcome(long files, long bytes) => spec switch
    {
        BackupSpec backup => Result(files, bytes, bytes / 700, random) with
        {
            DryRun = backup.Mode == BackupMode.DryRun,
            SnapshotAt = Now,
        },
        RestoreSpec { DryRun: true } => new()
        {
            DryRun = true,
            FilesNew = 3,
            FilesChanged = 12,
            FilesUnmodified = files - 15,
            BytesRestored = 41L << 20,
        },
        RestoreSpec restore => new()
        {
            FilesRestored = files,
            BytesRestored = bytes,
            Verified = restore.Verify,
            Folder = restore.Folder,
        },
        CheckSpec => new() { Maintenance = new() },
        PruneSpec prune => new()
        {
            DryRun = prune.DryRun,
            Maintenance = new() { BytesFreed = bytes / 3, BytesRepacked = bytes / 9 },
        },
        StatsSpec => new() { Maintenance = new() { BytesStored = bytes, BytesUncompressed = bytes * 3 / 2, Blobs = files * 3 } },
        _ => new() { Maintenance = new() },
    };

    public static string Command(IEnumerable<string> sources) =>
        $"restic backup --json --exclude-caches --tag tlrun:… --files-from-raw sources   # {string.Join(' ', sources)}";

    public static RunResult Result(long files, long bytes, long added, Random random)
    {
        var (fresh, changed) = (random.Next(3, 240), random.Next(5, 400));
        return new()
        {
            FilesNew = Math.Min(fresh, files),
            FilesChanged = Math.Min(changed, files),
            FilesUnmodified = Math.Max(0, files - fresh - changed),
            DirsChanged = random.Next(4, 60),
            FilesTotal = files,
            BytesTotal = bytes,
            BytesAdded = added,
            BytesStored = (long)(added * 0.71),
        };
    }

    public static IEnumerable<RunIssue> Issues(string source) =>
    [
        .. Enumerable.Range(1, 9)
            .Select(n => new RunIssue($"{source}/.mozilla/firefox/default/lock-{n}",
                Text.Verbatim($"open {source}/.mozilla/firefox/default/lock-{n}: permission denied".AsForeign()))),
        new($"{source}/Scans/half written.pdf",
            Text.Verbatim($"read {source}/Scans/half written.pdf: input/output error".AsForeign())),
    ];

    public static Problem? Problem(RunOutcome outcome, int issues) => outcome switch
    {
        RunOutcome.Incomplete => Problems.FilesCouldNotRead(issues),
        RunOutcome.Failed => (Problems.RepositoryCannotReachedFolder with
        {
            Step = NextStep.TestConnection,
        }),
        RunOutcome.Cancelled => Problems.RunCancelledSomebodyAsked,
        RunOutcome.Interrupted => Problems.RunInterruptedMachineSwitched,
        _ => null,
    };
}
