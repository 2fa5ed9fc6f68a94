using TimeLocker.Core.Repositories;

namespace TimeLocker.Server.Repositories;

/// <summary>What is to be changed about a repository; what is null stays.</summary>
public sealed record RepositoryChange
{
    public string? Name { get; init; }

    /// <summary>Where the storage stands, in the owner's words.</summary>
    public string? Region { get; init; }
    public ResourceRules? Resources { get; init; }
}
