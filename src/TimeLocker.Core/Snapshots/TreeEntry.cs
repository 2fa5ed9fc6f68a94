namespace TimeLocker.Core.Snapshots;

/// <summary>What something in a folder is.</summary>
public enum EntryKind { Folder, File, Link, Other }

/// <summary>A file or folder in a snapshot.</summary>
/// <param name="Name">As restic prints it: a byte that is not UTF-8 is U+FFFD. May hold any other character, line
/// breaks too.</param>
/// <param name="Size">Bytes; 0 for anything but files.</param>
/// <param name="Mode">Permission bits as in chmod, with setuid (04000), setgid (02000), sticky (01000).</param>
/// <param name="Subtree">A folder's tree id, else null.</param>
public sealed record TreeEntry(string Name, EntryKind Kind, long Size, DateTimeOffset Modified, int Mode,
    string? Subtree, string? LinkTarget)
{
    /// <summary>
    /// Of what is neither file, folder nor link: restic's word for it (fifo, socket, dev, chardev), and the number of a
    /// device.
    /// </summary>
    public string? Special { get; init; }
    public ulong Device { get; init; }
}

/// <summary>
/// A folder of a snapshot, folders first, then by name (ordinal). A tree id stands for the same content for ever.
/// </summary>
public sealed record SnapshotTree(string TreeId, IReadOnlyList<TreeEntry> Entries);
