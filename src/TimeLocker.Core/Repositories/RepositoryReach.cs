namespace TimeLocker.Core.Repositories;

/// <summary>That a machine reaches a repository: what runs there may save to it, restore and copy from it.</summary>
public sealed class RepositoryReach
{
    public required Guid RepositoryId { get; init; }
    public required Guid MachineId { get; init; }

    /// <summary>
    /// It looks after the repository: what belongs to no other machine (checks, prunes, lists, keys) is done there. One
    /// of a repository's machines does.
    /// </summary>
    public bool IsHome { get; set; }
    public required DateTimeOffset Since { get; init; }
}
