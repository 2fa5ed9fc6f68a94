using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Restic;

/// <summary>The command lines that remove snapshots or change their tags. Only full ids: what goes was decided before.</summary>
internal static partial class ResticArguments
{
    public static IReadOnlyList<string> Forget(ForgetSpec spec) =>
        ["forget", .. Common(spec.Target), .. spec.DryRun ? ["--dry-run", "--no-lock"] : Flag(true, Patience), "--",
            .. spec.Snapshots];

    public static IReadOnlyList<string> Tag(TagSpec spec) =>
        ["tag", .. Common(spec.Target), Patience, .. spec.Add.Select(tag => $"--add={tag}"),
            .. spec.Remove.Select(tag => $"--remove={tag}"), "--", .. spec.Snapshots];
}
