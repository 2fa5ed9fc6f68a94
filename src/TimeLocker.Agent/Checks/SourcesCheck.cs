using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Probes;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether a backup's sources are there, may be read and hold something, and where those lead that are links.</summary>
internal sealed class SourcesCheck : ICheck
{
    public string Name => "sources";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Spec is not BackupSpec { Options.Command: null } spec)
        {
            return Finding.Nothing;
        }

        List<SourcePlace> places = [.. spec.Sources.Distinct().Select(SourcePlace.Of)];
        run.Sources = [.. places.Select(place => place.Found)];
        var good = places.Where(place => place.WhyNot is null).ToList();
        var bad = places.Except(good).ToLookup(place => place.WhyNot!.Is(SourcePlace.NotThere));
        if (good.Count == 0)
        {
            throw new ProblemException(ProblemKind.Upstream, Texts.NothingCanBackedUp,
                WhyNothing([.. bad[true]], [.. bad[false]]),
                Texts.CorrectFoldersInPlan);
        }

        var closed =
            good.Where(place => !(place.IsFolder ? Native.MayReadFolder(place.Saved)
                : Native.May(place.Saved, Native.MayRead))).ToList();
        if (closed.Count == good.Count)
        {
            throw new ProblemException(ProblemKind.Upstream, Problems.NothingCanBackedUpGive(closed.Select(PathOf).AsNames()));
        }

        var empty = good.Except(closed).Where(place => place.IsFolder && !FolderRepository.HasEntries(place.Saved)).ToList();
        var text = Texts.SourcesThere(
            good.Count,
            places.Count,
            Names(bad[true]),
            TextList.Commas([.. bad[false].Select(place => Texts.PlaceAndWhy(place.Path.AsName(), place.WhyNot))]),
            Names(closed),
            Names(empty),
            TextList.Commas([.. good.Where(place => place.Real is not null).Select(place => place.Found.Name)]));
        return new Finding(text,
            good.Count == places.Count && closed.Count + empty.Count == 0 ? CheckLevel.Ok : CheckLevel.Warning);
    }

    private static Text WhyNothing(IReadOnlyList<SourcePlace> missing, IReadOnlyList<SourcePlace> unusable) =>
        missing.Count + unusable.Count == 0 ? Texts.NoFolderChosen
        : unusable.Count == 0 ? Texts.NoneFoldersExists(missing.Select(PathOf).AsNames())
        : Text.Of(unusable.Concat(missing).Select(place => Texts.PlaceCannotBeSaved(place.Path.AsName(), place.WhyNot)));

    private static string PathOf(SourcePlace place) => place.Path;

    private static TextArgument Names(IEnumerable<SourcePlace> places) => places.Any() ? places.Select(PathOf).AsNames() : "";
}
