namespace TimeLocker.Core.Runs;

/// <summary>
/// How a run shares a repository: readers with everybody but Exclusive, one writer at a time, Exclusive alone, as
/// restic's own locks demand.
/// </summary>
public enum LockMode { Read, Write, Exclusive }

/// <summary>A repository that a run needs, and how it shares it. A copy needs two.</summary>
public sealed record RepositoryUse(Guid Repository, LockMode Mode);
