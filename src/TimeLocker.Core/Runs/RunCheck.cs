namespace TimeLocker.Core.Runs;

public enum CheckLevel { Ok, Warning, Failed }

/// <summary>One thing that was looked at before a run, with a sentence for people.</summary>
/// <param name="Name">Stable: version, identity, lock, credentials, mount, space, sources, clock …</param>
public sealed record RunCheck(string Name, CheckLevel Level, string Sentence);
