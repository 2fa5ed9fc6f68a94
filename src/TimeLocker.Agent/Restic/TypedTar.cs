using System.Buffers.Binary;
using System.Formats.Tar;
using System.Globalization;
using System.Text;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Restic;

/// <summary>Pipes and devices; restic saves no sockets.</summary>
internal static class SpecialFiles
{
    public static TarEntryType TypeOf(TreeEntry entry) => entry.Special switch
    {
        "chardev" => TarEntryType.CharacterDevice,
        "dev" => TarEntryType.BlockDevice,
        _ => TarEntryType.Fifo,
    };

    /// <summary>As Linux packs it into one number.</summary>
    public static (int Major, int Minor) NumberOf(TreeEntry entry) =>
        ((int)(((entry.Device >> 8) & 0xFFF) | ((entry.Device >> 32) & ~0xFFFUL)),
            (int)((entry.Device & 0xFF) | ((entry.Device >> 12) & ~0xFFUL)));
}

/// <summary>
/// The tar that restic makes of a folder, in which pipes and devices are empty files, or missing where they lie deeper:
/// here they are what they are. All other bytes are passed on as they come, names that are no text among them.
/// </summary>
/// <param name="ask">The pipes and devices below that folder, by their path in the tar; asked for at the first empty
/// file, or at the end.</param>
internal sealed class TypedTar(Stream inner, Func<Task<Dictionary<string, TreeEntry>>> ask) : ReadOnlyStream
{
    private const int Block = 512, MostHeaders = 1 << 20;

    private Dictionary<string, TreeEntry>? specials;
    private ReadOnlyMemory<byte> ready;
    private byte[] held = [];
    private string? path;
    private long content;
    private bool over;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (ready.IsEmpty)
        {
            if (content > 0)
            {
                var read = await inner.ReadAsync(buffer[..(int)Math.Min(content, buffer.Length)], cancellationToken);
                content -= read;
                return read;
            }

            if (over || !await NextAsync(cancellationToken))
            {
                return 0;
            }
        }

        var taken = Math.Min(ready.Length, buffer.Length);
        ready[..taken].CopyTo(buffer);
        ready = ready[taken..];
        return taken;
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    // A header; that of a long name, which comes before it, is held until it is clear whether the entry stays.
    private async Task<bool> NextAsync(CancellationToken ct)
    {
        var header = new byte[Block];
        var read = await inner.ReadAtLeastAsync(header, Block, throwOnEndOfStream: false, ct);
        if (read < Block || header[0] == 0)
        {
            // restic's exit code comes after its last byte.
            await inner.CopyToAsync(Null, ct);
            (ready, over) = (await RestAsync(ct), true);
            return true;
        }

        var (type, size) = ((char)header[156], Number(header.AsSpan(124, 12)));
        var padded = (size + Block - 1) / Block * Block;
        if (type == 'x' && padded <= MostHeaders)
        {
            var records = new byte[padded];
            await inner.ReadExactlyAsync(records, ct);
            (held, path) = ([.. held, .. header, .. records], PathIn(records.AsSpan(0, (int)size)));
            return true;
        }

        if (size == 0 && type is '0' or '\0'
            && (specials ??= await ask()).Remove((path ?? NameIn(header)).Trim('/'), out var special))
        {
            Mark(header, special);
        }

        ready = (byte[])[.. held, .. header];
        (held, path, content) = ([], null, padded);
        return true;
    }

    private async Task<byte[]> RestAsync(CancellationToken ct)
    {
        using var rest = new MemoryStream();
        await using (var tar = new TarWriter(rest, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, entry) in specials ?? await ask())
            {
                await tar.WriteEntryAsync(TarDownload.EntryOf(entry, name, SpecialFiles.TypeOf(entry)), ct);
            }
        }

        rest.SetLength(Math.Max(rest.Length, 2 * Block)); // a tar of nothing has its end, too
        return rest.ToArray();
    }

    private static void Mark(byte[] header, TreeEntry special)
    {
        var (major, minor) = SpecialFiles.NumberOf(special);
        header[156] = (byte)SpecialFiles.TypeOf(special);
        Octal(major, header.AsSpan(329, 8));
        Octal(minor, header.AsSpan(337, 8));
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header.Sum(b => b), header.AsSpan(148, 7));
    }

    private static void Octal(int number, Span<byte> field)
    {
        field[^1] = 0;
        Encoding.ASCII.GetBytes(Convert.ToString(number, 8).PadLeft(field.Length - 1, '0'), field);
    }

    private static long Number(ReadOnlySpan<byte> field) => (field[0] & 0x80) != 0
        ? BinaryPrimitives.ReadInt64BigEndian(field[^8..])
        : field.Trim(" \0"u8) is { IsEmpty: false } digits ? Convert.ToInt64(Encoding.ASCII.GetString(digits), 8) : 0;

    private static string NameIn(ReadOnlySpan<byte> header)
    {
        var (name, prefix) = (Text(header[..100]), Text(header.Slice(345, 155)));
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }

    private static string Text(ReadOnlySpan<byte> field) =>
        StoredName.Text(field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field);

    // "30 path=a/long/name\n": the length is that of the whole record.
    private static string? PathIn(ReadOnlySpan<byte> records)
    {
        while (records.IndexOf((byte)' ') is > 0 and var blank
            && int.TryParse(records[..blank], CultureInfo.InvariantCulture, out var length)
            && length > blank
            && length <= records.Length)
        {
            var record = records[(blank + 1)..(length - 1)];
            if (record.StartsWith("path="u8))
            {
                return StoredName.Text(record["path="u8.Length..]);
            }

            records = records[length..];
        }

        return null;
    }
}
