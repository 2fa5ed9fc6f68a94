using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

/// <summary>Which restic it is. That it is new enough was seen when it was found.</summary>
internal sealed class VersionCheck : ICheck
{
    public string Name => "version";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct) =>
        new Finding(Texts.ResticVersion(run.Program.Version.ToString(), run.Program.Path.AsName()));
}
