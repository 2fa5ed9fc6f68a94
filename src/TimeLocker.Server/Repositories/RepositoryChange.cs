namespace TimeLocker.Server.Repositories;

/// <summary>What may be changed on a repository; null: it stays.</summary>
public sealed record RepositoryChange
{
    public string? Name { get; init; }
    public string? Region { get; init; }
    public Core.Repositories.ResourceRules? Resources { get; init; }
}
