using System.IO.Pipelines;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Snapshots;

/// <summary>Something in a folder of a snapshot.</summary>
/// <param name="Path">Absolute in the snapshot: what to give to open, restore or download it.</param>
public sealed record SnapshotItem(string Name, string Path, EntryKind Kind, long Size, DateTimeOffset Modified,
    int Mode, string? LinkTarget);

/// <summary>A part of a folder in a snapshot.</summary>
/// <param name="Total">Entries of the whole folder.</param>
public sealed record FolderPage(string Path, IReadOnlyList<SnapshotItem> Items, string? Next, int Total);

/// <summary>The folders and files of a snapshot, one level at a time. Names are the owner's data: Operators only.</summary>
public sealed class SnapshotBrowser(SnapshotCatalog snapshots, RepositoryCatalog repositories, RepositoryAccess access,
    TreeCache cache, AuditLog audit)
{
    public const int LongestPage = 1000;
    private const char Unreadable = '\uFFFD';

    public async Task<FolderPage> FolderAsync(Guid repositoryId, string snapshotId, string path, string? after,
        int limit, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var folder = path.Length == 0 ? "/" : SnapshotPath.Checked(path);
        var snapshot = await snapshots.GetAsync(repositoryId, snapshotId, ct);
        var (hash, unkept) = await TreeAsync(snapshot, folder, ct);
        var from = int.TryParse(after, System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : -1;
        var size = Math.Clamp(limit, 1, LongestPage);
        var entries = unkept is null ? cache.Read(hash, from, size) : [.. unkept.Skip(from + 1).Take(size)];
        var total = unkept?.Count ?? cache.Count(hash) ?? entries.Count;
        var last = from + entries.Count;
        return new(folder,
            [.. entries.Select(e => new SnapshotItem(e.Name, Child(folder, e.Name), e.Kind, e.Size, e.Modified, e.Mode,
                e.LinkTarget))], last + 1 < total ? $"{last}" : null, total);
    }

    /// <summary>How these are downloaded where nobody says: one file as it is, everything else as an archive.</summary>
    public async Task<DownloadFormat> FormatAsync(Guid repositoryId, string snapshotId, IReadOnlyList<string> paths,
        Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (paths is not [var one] || SnapshotPath.Checked(one) is "/" or "")
        {
            return DownloadFormat.Zip;
        }

        return (await FindAsync(await snapshots.GetAsync(repositoryId, snapshotId, ct), one, ct))?.Kind == EntryKind.Folder
            ? DownloadFormat.Zip
            : DownloadFormat.File;
    }

    /// <summary>A file, or an archive of several, as a stream. Authorised and audited at the moment of the download.</summary>
    public async Task<Stream> DownloadAsync(Guid repositoryId, string snapshotId, IReadOnlyList<string> paths,
        DownloadFormat format, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (paths.Count == 0 || (format == DownloadFormat.File && paths.Count != 1))
        {
            throw ProblemException.Invalid(Problems.NothingDownloadFileNeeds);
        }

        var snapshot = await snapshots.GetAsync(repositoryId, snapshotId, ct);
        if (format == DownloadFormat.File && await FindAsync(snapshot, paths[0], ct) is { Kind: not EntryKind.File } entry)
        {
            throw NoFile(entry);
        }

        var repository = await repositories.GetAsync(repositoryId, ct);
        await audit.ChangeAsync(who, "snapshot.downloaded", (_, note) =>
        {
            note.About("snapshot", snapshot.Id, new { repository = repositoryId, items = paths.Count, format = format.ToString() });
            return Task.CompletedTask;
        }, ct);
        List<string> chosen = [.. paths.Select(SnapshotPath.Checked)];
        return await snapshots.FollowAsync(snapshot, now => access.UseAsync(repository,
            async (agent, target) => await BegunAsync(await agent.OpenAsync(new(target, now, chosen, format), ct), ct),
            _ => false, ct), ct);
    }

    // restic says that something is not there only once it is read.
    private static async Task<Stream> BegunAsync(Stream stream, CancellationToken ct)
    {
        var reader = PipeReader.Create(stream);
        try
        {
            reader.AdvanceTo((await reader.ReadAsync(ct)).Buffer.Start);
            return reader.AsStream();
        }
        catch
        {
            await reader.CompleteAsync();
            throw;
        }
    }

    private async Task<TreeEntry?> FindAsync(Snapshot snapshot, string path, CancellationToken ct)
    {
        if (SnapshotPath.Checked(path) is var plain && plain == "/")
        {
            return new TreeEntry("", EntryKind.Folder, 0, default, 0, null, null);
        }

        var (parent, name) = Split(plain);
        var (folder, unkept) = await TreeAsync(snapshot, parent, ct);
        return Entry(folder, unkept, name);
    }

    private static ProblemException NoFile(TreeEntry entry) => entry.Kind switch
    {
        EntryKind.Folder => ProblemException.Invalid(Problems.FolderCanDownloadedArchive(entry.Name.AsName())),
        EntryKind.Link => ProblemException.Invalid(Problems.LinkNotFileLeads(entry.Name.AsName(), entry.LinkTarget.AsName())),
        _ => ProblemException.Invalid(Problems.NoFileNamedPipe(entry.Name.AsName())),
    };

    /// <summary>The tree id of a folder, with its entries in the cache. restic is asked only for what no one ever opened.</summary>
    /// <returns>Also the entries, where there was no room for them in the cache.</returns>
    private async Task<(string Hash, IReadOnlyList<TreeEntry>? Unkept)> TreeAsync(Snapshot snapshot, string path,
        CancellationToken ct)
    {
        var known = path == "/" ? snapshot.Tree ?? cache.Place(snapshot.Id, path) : cache.Place(snapshot.Id, path);
        if (known is null && path != "/")
        {
            known = await FromParentAsync(snapshot, path, ct);
        }

        if (known is not null && cache.Count(known) is not null)
        {
            return (known, null);
        }

        var repository = await repositories.GetAsync(snapshot.RepositoryId, ct);
        var tree = await snapshots.FollowAsync(snapshot,
            now => access.AskAsync(repository, target => new ReadTree(target, now, path, known), ct),
            ct)
            ?? throw ProblemException.NotFound(Texts.FolderInSnapshot, Texts.BeginTopSnapshot);
        var kept = cache.Add(tree);
        cache.SetPlace(snapshot.Id, path, tree.TreeId);
        return (tree.TreeId, kept ? null : tree.Entries);
    }

    // A name with an unreadable byte cannot be given to restic; its folder is found through the one above.
    private async Task<string?> FromParentAsync(Snapshot snapshot, string path, CancellationToken ct)
    {
        var (parent, name) = Split(path);
        var above = parent == "/" ? snapshot.Tree ?? cache.Place(snapshot.Id, parent) : cache.Place(snapshot.Id, parent);
        IReadOnlyList<TreeEntry>? unkept = null;
        if (path.Contains(Unreadable) && (above is null || cache.Count(above) is null))
        {
            (above, unkept) = await TreeAsync(snapshot, parent, ct);
        }

        if (above is null || (unkept is null && cache.Count(above) is null))
        {
            return null;
        }

        var entry = Entry(above, unkept, name);
        var hash = entry?.Subtree ?? throw ProblemException.NotFound(Texts.FolderInSnapshot, Texts.BeginTopSnapshot);
        cache.SetPlace(snapshot.Id, path, hash);
        return hash;
    }

    private TreeEntry? Entry(string folder, IReadOnlyList<TreeEntry>? unkept, string name) =>
        unkept is null ? cache.Find(folder, name) : unkept.FirstOrDefault(e => e.Name == name);

    private static string Child(string folder, string name) => folder == "/" ? $"/{name}" : $"{folder}/{name}";

    private static (string Parent, string Name) Split(string path) =>
        path.LastIndexOf('/') is var at && at == 0 ? ("/", path[1..]) : (path[..at], path[(at + 1)..]);
}
