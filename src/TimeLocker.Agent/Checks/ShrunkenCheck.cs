using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Whether sources suddenly hold less than half of the files that they held: a disk is not mounted, or something
/// deletes. All together, it asks before it runs. One of several, or a disk below one: the rest is saved, and the run
/// is no good one. What the plan leaves out is counted too, so it can be blind, but does not cry wolf; what restic says
/// at the end is compared as well (<see cref="Runs.Jobs.Shrinkage"/>).
/// </summary>
internal sealed class ShrunkenCheck : ICheck
{
    /// <summary>Of fewer files, half may well be tidied away.</summary>
    private const int Telling = 10;

    public string Name => RunCheck.Shrunken;

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Spec is not BackupSpec { Mode: not BackupMode.DryRun, Options.Command: null } spec)
        {
            return Finding.Nothing;
        }

        using var counts = new FileCounts(run.Present, ct);
        var least = spec.ExpectedFiles > 1 ? (spec.ExpectedFiles + 1) / 2 : spec.Before.Any(source => source.Files > 0) ? 1 : 0;
        var sum = counts.Sum(least);
        run.Sources = [.. run.Sources.Select(source => Compare(source, spec, counts))];
        if (sum < least && !counts.GaveUp && !counts.IsBlind)
        {
            Text now = Texts.SnapshotHasNowThere(Math.Max(spec.ExpectedFiles, spec.Before.Sum(source => source.Files)),
                sum, run.Present.AsNames());
            throw new ProblemException(
                ProblemKind.Conflict,
                Texts.MostFilesGone,
                Text.Of([now, .. run.Missing.Select(issue => Texts.CannotSaved(issue.Path.AsName(), issue.Message))]),
                Texts.LookWhetherDiskNot(Consent));
        }

        return run.Sources.Any(source => source.Lost.Count > 0) ? Finding.Warning(Words([.. run.Sources], spec))
            : counts.GaveUp ? Finding.Warning(Texts.CountingTakesTooLong(sum, spec.ExpectedFiles))
            : sum < least
                ? Finding.Warning(Texts.CannotBeCounted(sum, spec.ExpectedFiles))
            : spec.ExpectedFiles > 1 ? new Finding(Texts.HoldAtLeastHalf(spec.ExpectedFiles))
            : Finding.Nothing;
    }

    /// <summary>How a person says that it is right.</summary>
    public static readonly Text Consent = Texts.IfYouWantChoose;

    /// <summary>What was lost, for people.</summary>
    public static Text Words(IReadOnlyList<SourceFound> sources, BackupSpec spec) =>
        Text.Of(sources.SelectMany(source => source.Lost.Select(lost =>
        lost != source.Path ? Texts.DiskOwnFilesNow(lost.AsName())
        : (spec.Before.FirstOrDefault(known => known.Path == lost)?.Files ?? source.Files) is var before
            && source.WhyNot is { } reason
            ? Texts.SourceHeldUntilNow(lost.AsName(), before, reason)
        : Texts.SourceHeldEarlier(source.Name, before, before >= FileCounts.Enough))));

    private static SourceFound Compare(SourceFound source, BackupSpec spec, FileCounts counts)
    {
        var before = spec.Before.FirstOrDefault(known => known.Path == source.Path) ?? new(source.Path);
        var now = source.WhyNot is null ? Math.Min(counts.Of(source.Saved), FileCounts.Enough) : 0;
        var gone = before.Files > 0 && (now == 0 || (before.Files >= Telling && now < (before.Files + 1) / 2))
            && (!counts.GaveUp || source.WhyNot is not null);
        var mounts = spec.Options.OneFileSystem || source.WhyNot is not null ? []
            : SourceMounts.Below(source.Saved, spec.Options.Excludes);
        var unmounted = spec.Options.OneFileSystem || gone
            ? []
            : before.Mounts.Except(mounts)
                .Where(point => SourceMounts.IsMissed(point, source.Saved, spec.Options.Excludes)).ToList();
        return source with
        {
            Files = gone ? before.Files : counts.GaveUp ? Math.Max(now, before.Files) : now,
            Mounts = [.. mounts, .. gone ? before.Mounts.Except(mounts) : unmounted],
            Lost = [.. gone ? (string[])[source.Path] : [], .. unmounted],
        };
    }
}
