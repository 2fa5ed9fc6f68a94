using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs;

/// <summary>Follows the files of a running restic and tells what happens; sends the signals of a stop.</summary>
internal sealed class ResticMonitor : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50),
        BetweenProgress = TimeSpan.FromMilliseconds(95), UntilKill = TimeSpan.FromSeconds(30),
        UntilKillCutOff = TimeSpan.FromSeconds(2), UntilKillAtEdge = TimeSpan.FromMinutes(5),
        UntilPatience = TimeSpan.FromSeconds(5), NoteShown = TimeSpan.FromMinutes(5);

    private readonly RunFolder folder;
    private readonly RunFacts facts;
    private readonly RunBroadcast broadcast;
    private readonly TimeProvider time;
    private readonly Action<string> log;
    private readonly ResticOutput output;
    private readonly ProgressMeter meter;
    private readonly PhaseMeter? phases;
    private readonly TailedFile outFile, errFile, programFile;
    private RunProgress progress = RunProgress.None;
    private readonly long begun;
    private long publishedAt, stoppedAt;
    private Text? note;
    private readonly bool mayDoWithoutLock;
    private bool spoke, killed;

    /// <param name="patience">See <see cref="Watchdog"/>.</param>
    /// <param name="goesWithoutLock">Where the repository takes no lock, restic is stopped, to be started again without.</param>
    public ResticMonitor(
        RunSpec spec,
        RunFolder folder,
        RunFacts facts,
        bool goesWithoutLock,
        RunBroadcast broadcast,
        Action<string> log,
        TimeSpan patience,
        TimeProvider time)
    {
        (this.folder, this.facts, this.broadcast, this.log, this.time, begun) = (folder, facts, broadcast, log, time,
            time.GetTimestamp());
        mayDoWithoutLock = goesWithoutLock && !facts.WithoutLock;
        Preview = new Preview(spec is RestoreSpec { Folder: null } ? facts.Target : null);
        output = new ResticOutput { Detail = Preview.Add };
        Errors = new ResticErrors(issue => broadcast.Publish(new RunIssueFound(issue) { At = time.GetUtcNow() }), log);
        meter = new ProgressMeter(time);
        phases = spec is BackupSpec or RestoreSpec ? null : new PhaseMeter(spec.Expected, facts.StartedAt, time);
        Watchdog = new Watchdog(patience, time);
        outFile = new TailedFile(folder.Out, output.Lines, keep: 0);
        errFile = new TailedFile(folder.Err, Errors.Lines, keep: 4 << 20, most: 16 << 20);
        programFile = new TailedFile(folder.ProgramErr, Errors.Program, keep: 4 << 20, most: 16 << 20);
    }

    public ResticErrors Errors { get; }
    public Watchdog Watchdog { get; }

    /// <summary>Why restic is to be started again without a lock; null: it is not.</summary>
    public string? LockRefused => mayDoWithoutLock ? Errors.LockRefused : null;
    public Preview Preview { get; }
    public ResticMessage? Summary => output.Summary;
    public IReadOnlyList<string> Text => output.Text.All;
    public IReadOnlyDictionary<string, string> Changed => output.Changed;

    /// <param name="exited">Ends with our own child; null for a run that is joined, whose process has to be looked at.</param>
    /// <returns>Whether the run was still going when this began to watch.</returns>
    public async Task<bool> UntilEndAsync(ProcessIdentity? process, Task? exited, CancellationToken stop, CancellationToken detach)
    {
        for (var wasAlive = false; ;)
        {
            // Asked before the files are read: so what is read after the end is all there is.
            var over = exited?.IsCompleted ?? (folder.ExitCode is not null || process is not { IsAlive: true });
            var hurry = stop.IsCancellationRequested;
            var more = outFile.Read(hurry) | errFile.Read(hurry) | programFile.Read(hurry);
            wasAlive |= !over;
            if (over && !more)
            {
                End();
                return wasAlive;
            }

            Tell();
            if (stop.IsCancellationRequested | IsHalted()
                | Watchdog.Bites(Errors.Retrying, Errors.Tries, (progress.BytesDone, output.Text.Figure)))
            {
                Signal(process, stop.IsCancellationRequested ? UntilKill : UntilKillAtEdge);
            }

            await (more ? Task.CompletedTask : exited is null ? Task.Delay(Poll, detach)
                : Task.WhenAny(exited, Task.Delay(Poll, detach)));
            detach.ThrowIfCancellationRequested();
        }
    }

    public void Dispose()
    {
        outFile.Dispose();
        errFile.Dispose();
        programFile.Dispose();
    }

    private void End()
    {
        output.Lines.End();
        Errors.Program.End();
        Errors.Lines.End();
        if (outFile.LeftOut + errFile.LeftOut + programFile.LeftOut is > 0 and var bytes)
        {
            log(Texts.LeftOutOfLog(bytes >> 20).Full);
        }
    }

    private void Tell()
    {
        if (publishedAt != 0 && time.GetElapsedTime(publishedAt) < BetweenProgress)
        {
            return;
        }

        var status = output.TakeStatus();
        spoke |= status is not null || output.Text.Phase is not null;
        var said = Errors.Retrying is { } text ? Texts.TriesAgain(ResticProblems.FirstLine(text).AsForeign())
            : facts.Notes.Count > 0 && time.GetElapsedTime(begun) < NoteShown ? facts.Notes[^1]
            : !spoke && time.GetElapsedTime(begun) > UntilPatience ? Texts.OpensRepository
            : null;
        var phase = phases?.Next(output.Text, said);
        if (status is null && phase is null && Equals(said, note))
        {
            return;
        }

        progress = phase ?? (status is null ? progress with { Note = said } : meter.Next(status, Errors.Issues, said));
        (note, publishedAt) = (said, time.GetTimestamp());
        broadcast.Publish(new RunProgressed(progress) { At = time.GetUtcNow() });
    }

    // Marked before the signal is sent: whoever joins the run later knows why it ended.
    private bool IsHalted()
    {
        if (LockRefused is null && (facts.LimitsChangeAt is not { } change || change > time.GetUtcNow()))
        {
            return false;
        }

        try
        {
            if (stoppedAt == 0)
            {
                folder.MarkHalted();
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // a full disk: it goes on as it is
        }
    }

    // A signal before the wrapper is up is lost, or takes the exit code with it; where a full disk keeps it from saying
    // so, it comes a little later. SIGTERM lets restic remove its lock, which takes a tenth of a second, or a minute in
    // vain when the repository is out of reach. Into a folder it first writes the pack that it has begun, at the speed
    // that it is allowed: at an edge there is time for that.
    private void Signal(ProcessIdentity? process, TimeSpan patience)
    {
        if (stoppedAt == 0)
        {
            if (folder.Leader is not null || time.GetElapsedTime(begun) > UntilPatience)
            {
                stoppedAt = time.GetTimestamp();
                process?.SignalGroup(ProcessIdentity.Terminate);
            }
        }
        else if (!killed && time.GetElapsedTime(stoppedAt) > (Errors.Retrying is null ? patience : UntilKillCutOff))
        {
            killed = true;
            process?.SignalGroup(ProcessIdentity.Kill);
        }
    }
}
