namespace TimeLocker.Server.Repositories;

/// <summary>What may be changed on a repository; null: it stays.</summary>
public sealed record RepositoryChange
{
    public string? Name { get; init; }
    public string? Region { get; init; }
    public Core.Repositories.ResourceRules? Resources { get; init; }

    /// <summary>
    /// Fields of the backend with new values (another password of the storage, another address); the others stay. The
    /// repository must be reached with them.
    /// </summary>
    public Dictionary<string, string>? Values { get; init; }

    /// <summary>
    /// Another password of the repository itself, for one that was changed without TimeLocker. The repository must open
    /// with it.
    /// </summary>
    public string? Password { get; init; }

    /// <summary>The one that this was made from: with another one by now, nothing is changed.</summary>
    public int? Revision { get; init; }
}
