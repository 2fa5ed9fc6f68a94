using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Core.Runs;

/// <summary>How a look before or after a run turned out.</summary>
public enum CheckLevel { Ok, Warning, Failed }

/// <summary>One thing that was looked at before a run, and what was found.</summary>
/// <param name="Name">Stable: version, identity, lock, credentials, mount, access, space, sources, shrunken, target,
/// clock, priority …</param>
public sealed record RunCheck(string Name, CheckLevel Level, [property: StoredAs("Sentence")] Text Text)
{
    /// <summary>
    /// The name of the check that, when it failed, asks for a person's word (<see cref="BackupRequest.EvenIfShrunk"/>).
    /// </summary>
    public const string Shrunken = "shrunken";

    /// <summary>The check that warns when restic goes without its cache.</summary>
    public const string Cache = "cache";
}
