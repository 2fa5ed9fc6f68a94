namespace TimeLocker.Core.Runs;

/// <summary>What lies at a path.</summary>
public enum PlaceKind { Folder, File, Link, Pipe, Socket, Device }

/// <summary>
/// A place where something else lies than what the snapshot would put there: restic would take it away, whatever it
/// was told about files that are there.
/// </summary>
/// <param name="Saved">What the snapshot has.</param>
/// <param name="There">What is on the disk.</param>
/// <param name="MayReplace">Whether it can be replaced when that is wanted. restic removes no folder that holds
/// something; and what lies behind a link is not replaced with it.</param>
/// <param name="Replaced">It is replaced, as was asked for; otherwise it is left as it is, with all below.</param>
public sealed record RestoreClash(string Path, PlaceKind Saved, PlaceKind There, bool MayReplace, bool Replaced)
{
    /// <summary>With more of them, the place is another one than what was saved.</summary>
    public const int Most = 1000;

    public Text Text => Texts.Clash(There.ToString(), Saved.ToString());
}
