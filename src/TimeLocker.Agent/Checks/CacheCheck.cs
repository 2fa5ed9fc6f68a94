using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Whether restic can use its cache. Without one it reads more from the repository; that is slow, and no reason not
/// to back up. A check of the repository has a cache of its own.
/// </summary>
internal sealed class CacheCheck : ICheck
{
    public string Name => RunCheck.Cache;

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct) =>
        run.Spec is not CheckSpec && run.Restic.WhyNoCache is { } why
            ? Finding.Warning(Texts.WithoutCache(why))
            : Finding.Nothing;
}
