using System.Globalization;
using System.Text;

namespace TimeLocker.Server.Reports.Pdf;

/// <summary>
/// A font in one document: writes text as glyph numbers, remembers which were used, and is embedded with those alone.
/// </summary>
internal sealed class PdfFont(string name, TrueType type)
{
    private static readonly Lazy<TrueType> Sans = new(() => Load("DejaVuSans")), Mono = new(() => Load("DejaVuSansMono"));

    private readonly SortedDictionary<int, Rune> used = [];

    public static PdfFont OfText() => new("DejaVuSans", Sans.Value);

    public static PdfFont OfCode() => new("DejaVuSansMono", Mono.Value);

    public int Ascent => type.Ascent;

    /// <summary>Whether every character can be shown.</summary>
    public bool Has(string text) => text.EnumerateRunes().All(r => type.GlyphOf(r) != 0);

    public double Width(string text, double size) => text.EnumerateRunes().Sum(r => type.WidthOf(type.GlyphOf(r))) * size / 1000;

    /// <summary>The text as a hexadecimal string of glyph numbers.</summary>
    public string Encode(string text)
    {
        var hex = new StringBuilder("<");
        foreach (var rune in text.EnumerateRunes())
        {
            var glyph = type.GlyphOf(rune);
            used.TryAdd(glyph, rune);
            hex.Append(glyph.ToString("X4", CultureInfo.InvariantCulture));
        }

        return hex.Append('>').ToString();
    }

    /// <summary>Adds the font's objects.</summary>
    /// <returns>The number of the one that pages refer to.</returns>
    public int AddTo(PdfObjects objects)
    {
        var subset = type.Subset(used.Keys);
        var prefix =
            $"{string.Concat(Enumerable.Range(0, 6).Select(i => (char)('A' + ((used.Keys.Sum() >> (3 * i)) % 26))))}+{name}";
        var program = objects.AddStream($"/Length1 {subset.Length}", subset);
        var descriptor =
            objects.Add(
                $"<< /Type /FontDescriptor /FontName /{prefix} /Flags 4 /FontBBox "
                + $"[{string.Join(' ', type.Box)}] /ItalicAngle 0 /Ascent {type.Ascent} /Descent "
                + $"{type.Descent} /CapHeight {type.Ascent} /StemV 80 /FontFile2 {program} 0 R >>");
        var widths = string.Join(' ', used.Keys.Select(g => $"{g} [{type.WidthOf(g)}]"));
        var glyphs =
            objects.Add(
                $"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{prefix} /CIDSystemInfo << /Registry (Adobe) "
                + $"/Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R /CIDToGIDMap /Identity /DW 600 /W [{widths}] >>");
        var unicode = objects.AddStream("", Encoding.ASCII.GetBytes(ToUnicode()));
        return objects.Add(
            $"<< /Type /Font /Subtype /Type0 /BaseFont /{prefix} /Encoding /Identity-H /DescendantFonts [{glyphs} 0 R] /ToUnicode {unicode} 0 R >>");
    }

    private string ToUnicode()
    {
        var map = new StringBuilder("""
            /CIDInit /ProcSet findresource begin
            12 dict begin
            begincmap
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
            /CMapName /Adobe-Identity-UCS def
            /CMapType 2 def
            1 begincodespacerange
            <0000> <FFFF>
            endcodespacerange

            """);
        foreach (var some in used.Where(u => u.Key != 0).Chunk(100)) // 0 stands for what the font lacks
        {
            map.Append(CultureInfo.InvariantCulture, $"{some.Length} beginbfchar\n");
            foreach (var (glyph, rune) in some)
            {
                map.Append(CultureInfo.InvariantCulture,
                    $"<{glyph:X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(rune.ToString()))}>\n");
            }

            map.Append("endbfchar\n");
        }

        return map.Append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n").ToString();
    }

    private static TrueType Load(string name)
    {
        using var resource = typeof(PdfFont).Assembly.GetManifestResourceStream($"{name}.ttf")!;
        var file = new byte[resource.Length];
        resource.ReadExactly(file);
        return new(file);
    }
}
