using TimeLocker.Agent.Checks;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Platform;

/// <summary>
/// What a source of a plan is on this machine. restic saves a link as a link, so where it leads is what is meant: the
/// one answer for checks, guard and restic. A link above the source is restic's to follow; the path stays as the plan
/// has it.
/// </summary>
/// <param name="WhyNot">Why it cannot be saved, or null.</param>
/// <param name="Never">That will not change by itself: no disk that is mounted helps.</param>
internal sealed record SourcePlace(string Path, string? Real, bool IsFolder, Text? WhyNot, bool Never = false)
{
    public static readonly Text NotThere = Texts.NotThere;

    public string Saved => Real ?? Path;

    public SourceFound Found => new(Path) { Real = Real, WhyNot = WhyNot };

    public static SourcePlace Of(string path)
    {
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal) || Native.Look(path) is not { } seen)
        {
            return new(path, null, false, NotThere);
        }

        if (!Native.IsLink(seen.Mode))
        {
            return Kind(path, null, seen.Mode);
        }

        return Native.Follow(path) switch
        {
            (null, Native.LinksInACircle) => new(path, null, false, Texts.LinkInCircle, Never: true),
            (null, Native.NotAllowed) => new(path, null, false, Texts.LinkNotFollowed(Target(path))),
            ({ } real, _) when Native.Look(real) is { } there => Kind(path, real, there.Mode),
            _ => new(path, null, false, Texts.LinkToNothing(Target(path))),
        };
    }

    /// <summary>See <see cref="UnusableSources"/>.</summary>
    public static IReadOnlyList<RunIssue> Unusable(IEnumerable<string> sources) =>
        [.. sources.Select(Of).Where(place => place.Never).Select(place => new RunIssue(place.Path, place.WhyNot!))];

    private static SourcePlace Kind(string path, string? real, int mode) =>
        Native.IsFolder(mode) ? new(path, real, true, null)
        : Native.Special(mode) is { } special
        ? new(path, real, false, Texts.SpecialFile(real is not null, special.ToString()), Never: true)
        : new(path, real, false, null);

    private static TextArgument Target(string link) => new FileInfo(link).LinkTarget is { } target ? target.AsName() : Texts.APlace;
}
