using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Restic;

/// <summary>Reads folders of snapshots: trees, as the repository stores them.</summary>
internal sealed partial class ResticTree(ResticProcess restic)
{
    private const int PermissionBits = 0x1FF, DirSetUid = 1 << 23, DirSetGid = 1 << 22, DirSticky = 1 << 20;

    /// <returns>Null: there is no such folder.</returns>
    public async Task<SnapshotTree?> ReadAsync(ResticTarget target, string snapshotId, string path, string? treeId,
        CancellationToken ct)
    {
        if (treeId is not null)
        {
            return await FetchAsync(target, ResticArguments.CatBlob(target, treeId), ct);
        }

        // restic takes paths literally, so a name that is not UTF-8 is found by going down from the last folder that can be named.
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var named = parts.TakeWhile(part => !part.Contains('\uFFFD', StringComparison.Ordinal)).ToArray();
        var tree = await FetchAsync(target, ResticArguments.CatTree(target, snapshotId, "/" + string.Join('/', named)), ct);
        foreach (var part in parts.Skip(named.Length))
        {
            if (tree?.Entries.FirstOrDefault(e => e.Name == part)?.Subtree is not { } below)
            {
                return null;
            }

            tree = await FetchAsync(target, ResticArguments.CatBlob(target, below), ct);
        }

        return tree;
    }

    private async Task<SnapshotTree?> FetchAsync(ResticTarget target, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var said = await restic.AskAsync(target, arguments, ResticProcess.LongLimit, ct);
        if (said is { ExitCode: ResticExit.Ok, TimedOut: false, Truncated: false })
        {
            return Parse(said.Output);
        }

        return said.ExitCode == ResticExit.Failed && NoFolder().IsMatch(said.Errors) ? null
            : throw ResticExit.Exception(said, new Redactor(target));
    }

    [GeneratedRegex(@"path .*: not (found|a directory)(""|\s|$)")]
    internal static partial Regex NoFolder();

    /// <summary>The stored bytes are what was hashed: their SHA-256 is the tree's id.</summary>
    public static SnapshotTree Parse(byte[] stored)
    {
        List<TreeEntry> entries = [];
        try
        {
            var reader = new Utf8JsonReader(stored);
            while (reader.Read() && !(reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("nodes"u8)))
            {
            }

            if (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    entries.Add(ReadNode(ref reader));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new ProblemException(ProblemKind.Upstream,
                Problems.FolderCouldNotRead,
                e);
        }

        entries.Sort(FoldersFirst);
        return new SnapshotTree(Convert.ToHexStringLower(SHA256.HashData(stored)), entries);
    }

    private static TreeEntry ReadNode(ref Utf8JsonReader reader)
    {
        var (name, type, link, subtree, size, mode, modified, device) = ("", "", (string?)null, (string?)null, 0L, 0L,
            default(DateTimeOffset), 0UL);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.ValueSpan;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String when key.SequenceEqual("name"u8): name = StoredName.Unquote(reader.GetString()!); break;
                case JsonTokenType.String when key.SequenceEqual("type"u8): type = reader.GetString()!; break;
                case JsonTokenType.String when key.SequenceEqual("linktarget"u8): link = reader.GetString(); break;
                case JsonTokenType.String when key.SequenceEqual("subtree"u8): subtree = reader.GetString(); break;
                case JsonTokenType.String when key.SequenceEqual("mtime"u8): _ = reader.TryGetDateTimeOffset(out modified); break;
                case JsonTokenType.Number when key.SequenceEqual("size"u8): _ = reader.TryGetInt64(out size); break;
                case JsonTokenType.Number when key.SequenceEqual("mode"u8): _ = reader.TryGetInt64(out mode); break;
                case JsonTokenType.Number when key.SequenceEqual("device"u8): _ = reader.TryGetUInt64(out device); break;
                default: reader.Skip(); break;
            }
        }

        var kind = type switch
        {
            "dir" => EntryKind.Folder,
            "file" => EntryKind.File,
            "symlink" => EntryKind.Link,
            _ => EntryKind.Other
        };
        return new TreeEntry(name, kind, kind == EntryKind.File ? size : 0, modified, Permissions(mode), subtree, link)
        {
            Special = kind == EntryKind.Other ? type : null,
            Device = device,
        };
    }

    private static int FoldersFirst(TreeEntry a, TreeEntry b) =>
        (a.Kind != EntryKind.Folder).CompareTo(b.Kind != EntryKind.Folder) is var byKind and not 0 ? byKind
            : string.CompareOrdinal(a.Name, b.Name);

    // restic stores Go's file mode: the special bits are elsewhere than in chmod.
    private static int Permissions(long mode) =>
        (int)(mode & PermissionBits) | ((mode & DirSetUid) != 0 ? 0x800 : 0) | ((mode & DirSetGid) != 0 ? 0x400 : 0)
            | ((mode & DirSticky) != 0 ? 0x200 : 0);
}
