namespace TimeLocker.Core.Runs.Kinds;

/// <summary>A restore was asked for.</summary>
/// <param name="Folder">The new folder, or null for in place.</param>
public sealed record RestoreRequest(
    string SnapshotId, IReadOnlyList<string> Paths, string? Folder, OverwriteMode Overwrite, bool Verify, bool DryRun)
    : RunRequest
{
    /// <summary>See <see cref="RestoreSpec"/>.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];
    public IReadOnlyList<string> Replace { get; init; } = [];
    public IReadOnlyList<string> Within { get; init; } = [];
    public bool MayEnterSystem { get; init; }

    public override Text Name() => DryRun ? Texts.RestoreDryRun : Folder is null ? Texts.RestoreInPlace : base.Name();

    public override bool IsDryRun() => DryRun;

    public override Role MinimumRole() => RoleFor(inPlace: Folder is null, DryRun);

    /// <summary>In place files are replaced that nobody can bring back.</summary>
    public static Role RoleFor(bool inPlace, bool dryRun) => inPlace && !dryRun ? Role.Admin : Role.Operator;

    public override bool IsUrgent() => true;

    public override bool CountsFiles() => true;

    public override RunRequest WithoutNames() => new RestoreRequest("", [], null, OverwriteMode.Never, false, DryRun);

    public override IReadOnlyList<Figure> Figures(RunResult result) => DryRun
        ?
        [
            new(Texts.New, result.FilesNew),
            new(Texts.Replaced, result.FilesChanged),
            new(Texts.Unchanged, result.FilesUnmodified),
            Figure.Bytes(Texts.ToWrite, result.BytesRestored),
        ]
        :
        [
            new(Texts.Restored, result.FilesRestored),
            Figure.Bytes(Texts.Written, result.BytesRestored),
            new(Texts.LeftAsTheyWere, result.FilesSkipped),
        ];

    public override (long Files, long Bytes)? Moved(RunResult result) => (result.FilesRestored, result.BytesRestored);
}

public sealed record RestoreSpec : RunSpec
{
    /// <summary>The full snapshot id, 64 hex digits.</summary>
    public required string SnapshotId { get; init; }

    /// <summary>
    /// Absolute paths in the snapshot; empty: everything. An unreadable byte of a name is U+FFFD, as restic prints it.
    /// </summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>The new folder; null: in place, where the files came from.</summary>
    public string? Folder { get; init; }

    public OverwriteMode Overwrite { get; init; }
    public bool Verify { get; init; }

    /// <summary>Say what would happen (new, replaced, unchanged) and write nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>What the snapshot says that it was made of; in place, the tree has to agree.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>
    /// Places that hold something of another kind than the snapshot, and may be replaced all the same
    /// (<see cref="RestoreClash"/>).
    /// </summary>
    public IReadOnlyList<string> Replace { get; init; } = [];

    /// <summary>A new folder has to lie in one of these; empty: anywhere.</summary>
    public IReadOnlyList<string> Within { get; init; } = [];

    /// <summary>Whether the new folder may lie in one of <see cref="SystemFolders"/>.</summary>
    public bool MayEnterSystem { get; init; }

    public static Problem Outside(string folder, IReadOnlyList<string> within) =>
        Problems.MayNotRestoredOperator(within.AsNames(), folder.AsName());
}
