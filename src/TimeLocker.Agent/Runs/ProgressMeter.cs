using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Runs;

/// <summary>
/// Turns restic's status lines into progress for people: a smooth rate, an honest remainder, a bar that never runs
/// back.
/// </summary>
internal sealed class ProgressMeter(TimeProvider time)
{
    private const double SmoothingSeconds = 4;
    private const int CalmLines = 3;

    private readonly long begun = time.GetTimestamp();
    private long lastAt, lastBytes, lastTotal, lastFiles;
    private int calm;
    private double rate, fraction;

    /// <param name="note">What else there is to say, or null.</param>
    public RunProgress Next(ResticMessage status, long errors, Text? note)
    {
        var restored = status.Number("files_restored") + status.Number("bytes_restored") + status.Number("files_skipped") > 0;
        var (done, total) = (status.Number("bytes_done") + status.Number("bytes_restored")
            + status.Number("bytes_skipped"), status.Number("total_bytes"));
        var (filesDone,
            filesTotal) = (status.Number("files_done") + status.Number("files_restored")
                + status.Number("files_skipped"), status.Number("total_files"));
        Measure(done, status.Number("seconds_elapsed"));

        // While restic still counts, total and percentage move; they are believed once they stand still.
        calm = total == lastTotal && filesTotal == lastFiles ? calm + 1 : 0;
        (lastTotal, lastFiles) = (total, filesTotal);
        var counted = total + filesTotal > 0 && (restored || calm >= CalmLines || status.Number("seconds_remaining") > 0);
        if (counted)
        {
            fraction = Math.Max(fraction, Math.Clamp(total > 0 ? (double)done / total : (double)filesDone / filesTotal, 0, 1));
        }

        // All is read, but restic still compresses and stores; on a slow storage that takes long, and no figure moves.
        var stores = counted && total > 0 && done >= total;
        return new RunProgress
        {
            FilesDone = filesDone,
            FilesTotal = Math.Max(filesTotal, filesDone),
            BytesDone = done,
            BytesTotal = Math.Max(total, done),
            Fraction = counted || fraction > 0 ? fraction : null,
            BytesPerSecond = (long)rate,
            SecondsRemaining = counted && !stores && rate >= 1 ? (long)Math.Ceiling(Math.Max(0, total - done) / rate) : null,
            Errors = Math.Max(errors, status.Number("error_count")),
            CurrentFiles = status.CurrentFiles,
            Note = note ?? (stores ? Texts.AllIsRead : counted ? null : Texts.StillCounting),
        };
    }

    // The first line may come late, to a run that is joined: then restic itself says how long it took so far.
    private void Measure(long done, long elapsed)
    {
        var now = time.GetTimestamp();
        var seconds = lastAt != 0 ? time.GetElapsedTime(lastAt, now).TotalSeconds
            : Math.Max(elapsed, time.GetElapsedTime(begun, now).TotalSeconds);
        if (lastAt == 0 || seconds >= 0.05)
        {
            if (seconds > 0)
            {
                var share = 1 - Math.Exp(-seconds / SmoothingSeconds);
                var current = Math.Max(0, done - lastBytes) / seconds;
                rate = rate == 0 ? current : rate + (share * (current - rate));
            }

            (lastAt, lastBytes) = (now, done);
        }
    }
}
