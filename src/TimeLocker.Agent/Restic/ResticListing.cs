using System.Text.Json;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Restic;

/// <param name="Path">Below the listed folder, with a leading slash; an unreadable byte is U+FFFD.</param>
/// <param name="FromDisk">False: it never lay on a disk, such as the output of a program.</param>
internal sealed record ListedEntry(string Path, PlaceKind Kind, bool FromDisk);

/// <summary>
/// What a snapshot holds, one entry after the other and folders before what is in them, so that nothing has to be kept
/// however much it is.
/// </summary>
internal sealed class ResticListing(ResticProcess restic)
{
    // The kernel takes two million bytes of arguments, restic's environment included.
    private const int MostWords = 500_000;

    /// <param name="recursive">False: of a chosen folder only what lies right in it.</param>
    /// <returns>False: the snapshot has no such folder.</returns>
    public async Task<bool> ReadAsync(
        ResticTarget target,
        string snapshotId,
        RestoreSelection selection,
        bool recursive,
        Action<ListedEntry> each,
        CancellationToken ct)
    {
        // What restic cannot be told by name is found by reading all.
        var byName = selection.Names.Sum(name => name.Length) < MostWords / 4
            && !selection.Names.Any(name => name.Contains('\uFFFD', StringComparison.Ordinal));
        using var files = restic.NewFiles(target);
        await using var child = ChildProcess.Start(await restic.CommandAsync(target,
            ResticArguments.List(target, snapshotId, selection, recursive, byName),
            files.Path));
        var lines = new LineSplitter(line => Take(line, each), mostBytes: 1 << 20);
        var buffer = new byte[64 * 1024];
        var silent = false;
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            clock.CancelAfter(restic.Patience);
            for (int read; (read = await child.Output.ReadAsync(buffer, clock.Token)) > 0;)
            {
                lines.Add(buffer.AsSpan(0, read));
                clock.CancelAfter(restic.Patience);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            silent = true;
        }

        lines.End();
        var exit = silent ? await child.StopAsync() : await child.WaitAsync(ct);
        return exit == ResticExit.Ok && !silent ? true
            : exit == ResticExit.Failed && ResticTree.NoFolder().IsMatch(child.Errors) ? false
            : throw ResticExit.Exception(new ChildResult(exit, [], child.Errors, silent, Truncated: false), new Redactor(target));
    }

    private static void Take(ReadOnlySpan<byte> line, Action<ListedEntry> each)
    {
        var reader = new Utf8JsonReader(line);
        var (path, type, inode) = ((string?)null, (string?)null, 0UL);
        for (reader.Read(); reader.Read() && reader.TokenType == JsonTokenType.PropertyName;)
        {
            var key = reader.ValueSpan;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String when key.SequenceEqual("path"u8): path = reader.GetString(); break;
                case JsonTokenType.String when key.SequenceEqual("type"u8): type = reader.GetString(); break;
                case JsonTokenType.Number when key.SequenceEqual("inode"u8): _ = reader.TryGetUInt64(out inode); break;
                default: reader.Skip(); break;
            }
        }

        if (path is not null && type is not null)
        {
            each(new ListedEntry(path, KindOf(type), inode != 0));
        }
    }

    private static PlaceKind KindOf(string type) => type switch
    {
        "dir" => PlaceKind.Folder,
        "file" => PlaceKind.File,
        "symlink" => PlaceKind.Link,
        "fifo" => PlaceKind.Pipe,
        "socket" => PlaceKind.Socket,
        _ => PlaceKind.Device,
    };
}
