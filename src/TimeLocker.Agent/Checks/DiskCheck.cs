using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Whether the repository lies on the same disk as what it saves: then one broken disk takes both. The backup is made
/// all the same.
/// </summary>
internal sealed class DiskCheck : ICheck
{
    public string Name => "disk";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        if (run.Spec is not BackupSpec { Options.Command: null } || run.Target.Folder is not { } repository)
        {
            return Finding.Nothing;
        }

        var same = SameAs(repository, run.Present).ToHashSet();
        run.Sources = [.. run.Sources.Select(source => source with { SameDisk = source.WhyNot is null
            && same.Contains(source.Saved) })];
        return same.Count == 0 ? Finding.Nothing
            : Finding.Warning(same.Count == run.Present.Count ? Texts.AllOnSameDisk : Texts.SomeOnSameDisk(same.AsNames()));
    }

    /// <summary>Those of these paths that share a disk with a repository, as far as that can be told.</summary>
    public static IReadOnlyList<string> SameAs(string repository, IEnumerable<string> paths)
    {
        try
        {
            var disks = new Disks();
            var under = disks.Under(repository);
            return [.. paths.Where(path => under.Overlaps(disks.Under(path)))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
