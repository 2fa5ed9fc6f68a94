namespace TimeLocker.Core.Retention;

/// <summary>
/// What stays in a further copy of a repository, where that is not the same as in the original. Rules of its own, or a
/// named policy; neither: everything stays.
/// </summary>
public sealed record CopyRetention
{
    public RetentionPolicy? Policy { get; init; }
    public Guid? PolicyId { get; init; }
}
