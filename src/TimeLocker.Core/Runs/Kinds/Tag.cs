namespace TimeLocker.Core.Runs.Kinds;

/// <summary>Changes tags. Each snapshot gets a new id; its <c>original</c> stays.</summary>
/// <param name="Snapshots">Full ids.</param>
public sealed record TagRequest(IReadOnlyList<string> Snapshots, IReadOnlyList<string> Add,
    IReadOnlyList<string> Remove) : RunRequest
{
    public override IReadOnlyList<RepositoryUse> Uses(Guid repository) => [new(repository, LockMode.Exclusive)];

    public override bool ChangesSnapshots() => true;

    public override IReadOnlyList<Figure> Figures(RunResult result) =>
        [new(Texts.TagsChanged(result.Changed.Count), result.Changed.Count)];
}

public sealed record TagSpec(IReadOnlyList<string> Snapshots, IReadOnlyList<string> Add, IReadOnlyList<string> Remove) : RunSpec;
