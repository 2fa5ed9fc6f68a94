using TimeLocker.Agent.Probes;
using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

/// <summary>See <see cref="MountedShare"/>.</summary>
internal sealed class MountCheck : ICheck
{
    public string Name => "mount";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct)
    {
        MountedShare.Require(run.Target);
        return run.Target.MountSource is { } source ? new Finding(Texts.IsMounted(source.AsName())) : Finding.Nothing;
    }
}
