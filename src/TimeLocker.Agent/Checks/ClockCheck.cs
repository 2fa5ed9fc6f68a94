using System.Globalization;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// A wrong clock gives snapshots wrong times: then a moment in the past is answered wrongly, and retention removes the
/// wrong ones.
/// </summary>
internal sealed class ClockCheck : ICheck
{
    /// <summary>Older than this program: such a clock was never set.</summary>
    private static readonly DateTimeOffset Earliest = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Clocks of two machines, and of one that is being set right, differ by so much without harm.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public string Name => "clock";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        var now = run.Time.GetUtcNow();
        if (now < Earliest)
        {
            return run.Writes
                ? throw new ProblemException(ProblemKind.Upstream, Problems.MachinesClockWrongSays(Show(now)))
                : Finding.Warning(Texts.ClockIsWrong(Show(now)));
        }

        if (run.Spec is BackupSpec { After: { } last } && now < last - Tolerance)
        {
            return Finding.Warning(Texts.ClockBeforeSnapshot(Show(now), Show(last)));
        }

        // An adopted repository has no last snapshot of ours, but its folder tells when it was written to.
        return run.Target.Folder is { } folder && Written(folder) is { } written && now < written - Tolerance
            ? Finding.Warning(Texts.ClockBeforeRepository(Show(now), Show(written)))
            : new Finding(Texts.ClockSays(Show(now)));
    }

    private static DateTimeOffset? Written(string folder)
    {
        var snapshots = new DirectoryInfo(Path.Combine(folder, "snapshots"));
        return snapshots.Exists ? snapshots.LastWriteTimeUtc : null;
    }

    private static string Show(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
