using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

/// <summary>
/// Whether a backup holds what the plan's history says it should: a good end of restic alone does not mean that the
/// files are in it.
/// </summary>
internal static class Shrinkage
{
    /// <summary>So many names are looked at for one file that could have been saved.</summary>
    private const int MostNames = 10_000;

    private static readonly Text Part = Texts.NotEverythingBackedUp;
    private static readonly Text LookAtRules = Texts.LookPlansExcludeRules(ShrunkenCheck.Consent);

    /// <param name="ended">Its result has the sources as they were found before it began.</param>
    public static async Task<RunEnded> JudgeAsync(BackupSpec spec, RunEnded ended, ResticProcess restic)
    {
        if (ended is not
            {
                SnapshotId: { } id, Result: { DryRun: false } result,
                Outcome: RunOutcome.Succeeded or RunOutcome.Incomplete
            }
            || spec.Options.Command is not null)
        {
            return ended;
        }

        var had = spec.ExpectedFiles;
        var missed = IsDoubtful(spec, result) ? await MissedAsync(spec, id, result.Sources, restic) : [];
        result = result with
        {
            Sources = [.. result.Sources.Select(source =>
                source with { LeftOut = Agreed(spec, source) && missed?.Contains(source) is not false })],
        };
        missed = [.. (missed ?? result.Sources.Where(source => WasMissed(spec, source))).Where(source => !Agreed(spec, source))];
        if (spec.EvenIfShrunk || Problem(spec, ended.Outcome, result, missed, had) is not { } problem)
        {
            return ended with { Result = result with { Measure = result.FilesTotal } };
        }

        return ended with
        {
            Outcome = ended.Outcome == RunOutcome.Succeeded && result.FilesTotal == 0 ? RunOutcome.Failed : RunOutcome.Incomplete,
            Problem = ended.Problem is { } known ? problem.With(why: Text.Of([known.Why, problem.Why])) : problem,
            Result = result with
            {
                Shrunk = true,
                Measure = Math.Max(had, result.FilesTotal),
                Sources = [.. result.Sources.Select(source => missed.Contains(source)
                    ? source with { Lost = [source.Path] } : source)],
            },
        };
    }

    // A person has just said it, or said it before and nothing of the source was saved since.
    private static bool Agreed(BackupSpec spec, SourceFound source) =>
        spec.EvenIfShrunk || spec.Before.Any(before => before.Path == source.Path && before.LeftOut);

    private static bool WasMissed(BackupSpec spec, SourceFound source) =>
        spec.Before.Any(before => before.Path == source.Path && before.Lost.Contains(source.Path));

    // Of several sources restic tells none apart. The snapshot is asked for when one of them may be missing in it: one
    // is new, or was missing before, or is not what it was as the backup began; or a file that was saved is not saved
    // now, which may have been all that was saved of one.
    private static bool IsDoubtful(BackupSpec spec, RunResult result)
    {
        var saved = result.Sources.Where(source => source.WhyNot is null).ToList();
        return spec.EvenIfShrunk || spec.Before.Any(source => source.LeftOut)
            || (saved.Count > 1
                && (spec.ExpectedFiles > result.FilesUnmodified + result.FilesChanged
                    || saved.Any(source => IsDoubtful(spec, source))));
    }

    private static bool IsDoubtful(BackupSpec spec, SourceFound source) =>
        spec.Before.All(before => before.Path != source.Path) || WasMissed(spec, source)
        || (SourcePlace.Of(source.Path) is var now && (now.WhyNot is not null || now.Saved != source.Saved));

    /// <returns>Sources that held files and of which nothing is in the snapshot; null: that could not be told.</returns>
    private static async Task<IReadOnlyList<SourceFound>?> MissedAsync(
        BackupSpec spec, string snapshot, IReadOnlyList<SourceFound> sources, ResticProcess restic)
    {
        var held = sources.Where(source => source is { WhyNot: null, Files: > 0, Lost.Count: 0 }).ToList();
        var saved = await new ResticQueries(restic).HeldAsync(spec.Target, snapshot,
            [.. held.Select(source => source.Saved).Distinct()]);
        return saved is null ? null : [.. held.Where(source => !saved.Contains(source.Saved) && HoldsFiles(source))];
    }

    private static Problem? Problem(BackupSpec spec, RunOutcome outcome, RunResult result,
        IReadOnlyList<SourceFound> missed, long had)
    {
        var (has, sources) = (result.FilesTotal, result.Sources);
        return has == 0 && had > 0
            ? new(Texts.NoFileSaved,
                Texts.BackupBeforeFileOne(had),
                LookAtRules)
            : missed.Count > 0
            ? new(Part, Texts.NothingInBackup(TextList.Commas([.. missed.Select(source => source.Name)])), LookAtRules)
            : sources.Any(source => source.Lost.Count > 0)
                ? new(Part,
                    ShrunkenCheck.Words(sources, spec),
                    Texts.LookWhetherDiskNot(ShrunkenCheck.Consent))
            : has < (had + 1) / 2 ? new(Texts.MostFilesNotIn, Texts.BackupBeforeFilesOne(had, has), LookAtRules)
            : has == 0 && outcome == RunOutcome.Succeeded && sources.FirstOrDefault(HoldsFiles) is { } full
                ? new(Texts.NoFileSaved,
                    Texts.HoldsFilesButPlans(full.Name),
                    LookAtRules)
            : null;
    }

    // Links, pipes and devices are saved, too, but restic counts files alone.
    private static bool HoldsFiles(SourceFound source)
    {
        try
        {
            return source is { WhyNot: null, LeftOut: false } && (Directory.Exists(source.Saved)
                ? Directory.EnumerateFiles(source.Saved, "*",
                    new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
                    .Take(MostNames)
                    .Any(IsFile)
                : IsFile(source.Saved));
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool IsFile(string path) => Native.Look(path) is { } seen && (seen.Mode & Native.TypeMask) == Native.FileType;
}
