using System.Globalization;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs;

/// <summary>
/// One start of restic within a run, with the speed limits of its hour. When others begin to count, it is stopped and
/// the next attempt begins.
/// </summary>
internal static class ResticAttempt
{
    /// <summary>Each reads again what the one before had not finished: with so many edges it has to end some time.</summary>
    public const int MostRestarts = 20;

    public static RunFacts First(RunSpec spec, ResticTarget target, IReadOnlyList<string> arguments, TimeProvider time) =>
        Describe(new RunFacts { Command = "" }, spec, target, arguments, time.GetUtcNow(), time.LocalTimeZone);

    public static RunFacts Next(RunFacts before, RunSpec spec, ResticTarget target, TimeProvider time)
    {
        var (now, zone) = (time.GetUtcNow(), time.LocalTimeZone);
        var note = Texts.LimitChanged(
            TextArgument.Of(TimeZoneInfo.ConvertTime(before.LimitsChangeAt ?? now, zone), "HH:mm"),
            Pace(spec, spec.Resources.At(now, zone)),
            before.Restarts + 1 >= MostRestarts);

        // What came from the attempts before lies in the restore's folder already; only what is whole may stay.
        var arguments = spec is RestoreSpec { Folder: not null }
            ? [.. before.Arguments.Select(word => word.StartsWith("--overwrite=", StringComparison.Ordinal)
                ? "--overwrite=if-changed" : word)] : before.Arguments;
        return Describe(before with { Restarts = before.Restarts + 1, Notes = [.. before.Notes, note] }, spec, target,
            arguments, now, zone);
    }

    /// <param name="why">What restic said of the lock.</param>
    public static RunFacts WithoutLock(RunFacts before, RunSpec spec, ResticTarget target, string why, TimeProvider time)
    {
        var without = AccessCheck.WithoutLock(why);
        var next = before with
        {
            WithoutLock = true,
            Restarts = before.Restarts + 1,
            Notes = [.. before.Notes, without],
            Checks = [.. before.Checks, new RunCheck("access", CheckLevel.Warning, without)],
        };
        return Describe(next, spec, target, ResticArguments.WithoutLock(before.Arguments), time.GetUtcNow(), time.LocalTimeZone);
    }

    private static RunFacts Describe(RunFacts facts, RunSpec spec, ResticTarget target, IReadOnlyList<string> arguments,
        DateTimeOffset now, TimeZoneInfo zone)
    {
        arguments = ResourceArguments.In(arguments, spec, spec.Resources.At(now, zone));
        return facts with
        {
            Arguments = arguments,
            Command = ResticArguments.Show(target, arguments),
            LimitsChangeAt = MayRestart(spec) && facts.Restarts < MostRestarts ? spec.Resources.NextChange(now, zone) : null,
        };
    }

    /// <summary>Whether a second start of restic takes up what the first one did, and does no harm.</summary>
    private static bool MayRestart(RunSpec spec) => spec switch
    {
        // A dump would begin anew each time, and is of one moment.
        BackupSpec { Options.Command: not null } => false,
        BackupSpec or CopySpec => true,

        // Reading everything begins anew each time: it might never come to an end.
        CheckSpec check => check.Depth != CheckDepth.Full,

        // In place, a half-written file would be taken for one that was there before.
        RestoreSpec restore => restore.Folder is not null || restore.Overwrite is OverwriteMode.Always or OverwriteMode.IfChanged,
        _ => false,
    };

    private static string Pace(RunSpec spec, Limits limits) =>
        (spec is RestoreSpec or CheckSpec ? limits.Download : limits.Upload) switch
        {
            0 => "0",
            var kib and >= 1024 => string.Create(CultureInfo.InvariantCulture, $"{kib / 1024.0:0.#} MiB/s"),
            var kib => $"{kib} KiB/s",
        };
}
