using System.Buffers.Binary;
using System.Text;

namespace TimeLocker.Server.Reports.Pdf;

/// <summary>
/// A TrueType font: which glyph a character has, how wide it is, and the font cut down to the glyphs in use. (OpenType
/// specification, 1.9.)
/// </summary>
internal sealed class TrueType
{
    private readonly byte[] file;
    private readonly Dictionary<string, (int Offset, int Length)> tables = [];
    private readonly Dictionary<int, int> glyphs = [];
    private readonly int unitsPerEm, metrics;
    private readonly bool longOffsets;

    public TrueType(byte[] file)
    {
        this.file = file;
        for (var i = 0; i < U16(4); i++)
        {
            var entry = 12 + (16 * i);
            tables[Encoding.ASCII.GetString(file, entry, 4)] = (S32(entry + 8), S32(entry + 12));
        }

        var (head, hhea) = (tables["head"].Offset, tables["hhea"].Offset);
        unitsPerEm = U16(head + 18);
        Box = [.. Enumerable.Range(0, 4).Select(i => Scaled(S16(head + 36 + (2 * i))))];
        longOffsets = U16(head + 50) == 1;
        (Ascent, Descent) = (Scaled(S16(hhea + 4)), Scaled(S16(hhea + 6)));
        metrics = U16(hhea + 34);
        ReadCharacters();
    }

    /// <summary>In thousandths of the font size, as all lengths here.</summary>
    public int Ascent { get; }
    public int Descent { get; }
    public IReadOnlyList<int> Box { get; }

    /// <summary>0: the font has none.</summary>
    public int GlyphOf(Rune character) => glyphs.GetValueOrDefault(character.Value);

    public int WidthOf(int glyph) => Scaled(U16(tables["hmtx"].Offset + (4 * Math.Min(glyph, metrics - 1))));

    /// <summary>
    /// A font with the same numbers of glyphs but only these outlines (and those that they are put together from).
    /// </summary>
    public byte[] Subset(IEnumerable<int> wanted)
    {
        var used = new SortedSet<int> { 0 };
        foreach (var glyph in wanted)
        {
            Take(glyph, used);
        }

        var count = used.Max + 1;
        using var outlines = new MemoryStream();
        var offsets = new byte[4 * (count + 1)];
        for (var glyph = 0; glyph < count; glyph++)
        {
            outlines.Write(used.Contains(glyph) ? Outline(glyph) : []);
            outlines.Write(new byte[(4 - (outlines.Length % 4)) % 4]);
            BinaryPrimitives.WriteInt32BigEndian(offsets.AsSpan(4 * (glyph + 1)), (int)outlines.Length);
        }

        var widths = new byte[4 * count];
        for (var glyph = 0; glyph < count; glyph++)
        {
            file.AsSpan(tables["hmtx"].Offset + (4 * Math.Min(glyph, metrics - 1)), 4).CopyTo(widths.AsSpan(4 * glyph));
        }

        var parts = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["glyf"] = outlines.ToArray(),
            ["loca"] = offsets,
            ["hmtx"] = widths,
        };
        foreach (var name in (string[])["head", "hhea", "maxp", "cvt ", "fpgm", "prep"])
        {
            if (tables.TryGetValue(name, out var table))
            {
                parts[name] = file[table.Offset..(table.Offset + table.Length)];
            }
        }

        Put16(parts["head"], 50, 1);
        Put16(parts["hhea"], 34, count);
        Put16(parts["maxp"], 4, count);
        return Assemble(parts);
    }

    private void Take(int glyph, SortedSet<int> used)
    {
        if (!used.Add(glyph) || Outline(glyph) is not { Length: > 10 } outline || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0)
        {
            return;
        }

        for (int at = 10, flags = More; (flags & More) != 0;)
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(outline[at..]);
            Take(BinaryPrimitives.ReadUInt16BigEndian(outline[(at + 2)..]), used);
            at += 4 + ((flags & Words) != 0 ? 4 : 2)
                + ((flags & Scale) != 0 ? 2 : (flags & TwoScales) != 0 ? 4 : (flags & Matrix) != 0 ? 8 : 0);
        }
    }

    // Flags of a part of a composite glyph.
    private const int Words = 0x1, Scale = 0x8, More = 0x20, TwoScales = 0x40, Matrix = 0x80;

    private ReadOnlySpan<byte> Outline(int glyph)
    {
        var (loca, glyf) = (tables["loca"].Offset, tables["glyf"].Offset);
        var (from, to) = longOffsets ? (S32(loca + (4 * glyph)), S32(loca + (4 * glyph) + 4))
            : (2 * U16(loca + (2 * glyph)), 2 * U16(loca + (2 * glyph) + 2));
        return file.AsSpan(glyf + from, to - from);
    }

    private void ReadCharacters()
    {
        var cmap = tables["cmap"].Offset;
        var found = Enumerable.Range(0, U16(cmap + 2)).Select(i => cmap + S32(cmap + 8 + (8 * i))).ToLookup(at => U16(at));
        if (found[12].FirstOrDefault() is > 0 and var wide)
        {
            for (var i = 0; i < S32(wide + 12); i++)
            {
                var group = wide + 16 + (12 * i);
                for (var (code, glyph) = (S32(group), S32(group + 8)); code <= S32(group + 4); code++, glyph++)
                {
                    glyphs[code] = glyph;
                }
            }

            return;
        }

        var at = found[4].First();
        var segments = U16(at + 6);
        for (var i = 0; i < segments; i += 2)
        {
            var (last, first, delta, place) = (U16(at + 14 + i), U16(at + 16 + segments + i),
                U16(at + 16 + (2 * segments) + i), at + 16 + (3 * segments) + i);
            for (var code = first; code <= last && code != 0xFFFF; code++)
            {
                var glyph = U16(place) == 0 ? code : U16(place + U16(place) + (2 * (code - first)));
                glyphs[code] = glyph == 0 ? 0 : (glyph + delta) & 0xFFFF;
            }
        }
    }

    private static byte[] Assemble(SortedDictionary<string, byte[]> parts)
    {
        using var font = new MemoryStream();
        var power = (int)Math.Log2(parts.Count);
        var head = new byte[12 + (16 * parts.Count)];
        BinaryPrimitives.WriteInt32BigEndian(head, 0x00010000);
        Put16(head, 4, parts.Count);
        Put16(head, 6, 16 << power);
        Put16(head, 8, power);
        Put16(head, 10, (16 * parts.Count) - (16 << power));
        font.Write(head);
        var entry = 12;
        foreach (var (name, bytes) in parts)
        {
            Encoding.ASCII.GetBytes(name, head.AsSpan(entry));
            BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(entry + 4), Sum(bytes));
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(entry + 8), (int)font.Length);
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(entry + 12), bytes.Length);
            font.Write(bytes);
            font.Write(new byte[(4 - (bytes.Length % 4)) % 4]);
            entry += 16;
        }

        font.Position = 0;
        font.Write(head);
        return font.ToArray();
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        Span<byte> word = stackalloc byte[4];
        var sum = 0u;
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(4, bytes.Length)..])
        {
            word.Clear();
            bytes[..Math.Min(4, bytes.Length)].CopyTo(word);
            sum += BinaryPrimitives.ReadUInt32BigEndian(word);
        }

        return sum;
    }

    private int Scaled(int units) => (int)Math.Round(units * 1000.0 / unitsPerEm);
    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at));
    private int S16(int at) => BinaryPrimitives.ReadInt16BigEndian(file.AsSpan(at));
    private int S32(int at) => BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
    private static void Put16(byte[] bytes, int at, int value) =>
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)value);
}
