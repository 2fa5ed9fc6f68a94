using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Shouldly;

namespace TimeLocker.Tests.Server.Reports;

/// <summary>Reads back what our writer writes: objects by the cross-reference table, text by the fonts' maps to Unicode.</summary>
internal static partial class PdfText
{
    /// <summary>The text of each page, a line for each string.</summary>
    public static IReadOnlyList<string> Of(byte[] file)
    {
        var objects = Objects(file);
        var kids = Reference()
            .Matches(Regex.Match(objects.Values.Select(Latin)
                .Single(o => o.Contains("/Type /Pages", StringComparison.Ordinal)),
                @"/Kids \[(.*?)\]").Groups[1].Value);
        return [.. kids.Select(k => PageOf(objects, Latin(objects[int.Parse(k.Groups[1].Value, CultureInfo.InvariantCulture)])))];
    }

    public static SortedDictionary<int, byte[]> Objects(byte[] file)
    {
        var text = Latin(file);
        var table = int.Parse(Regex.Match(text, @"startxref\n(\d+)\n%%EOF\n$").Groups[1].Value, CultureInfo.InvariantCulture);
        var entries = Regex.Matches(text[table..], @"(\d{10}) 00000 n \n")
            .Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
        var objects = new SortedDictionary<int, byte[]>();
        for (var i = 0; i < entries.Count; i++)
        {
            text[entries[i]..].ShouldStartWith($"{i + 1} 0 obj\n");
            objects[i + 1] = file[entries[i]..(i + 1 < entries.Count ? entries[i + 1] : table)];
        }

        return objects;
    }

    public static byte[] Stream(byte[] one)
    {
        var text = Latin(one);
        var start = text.IndexOf("stream\n", StringComparison.Ordinal) + 7;
        var length = int.Parse(Regex.Match(text, @"/Length (\d+) ").Groups[1].Value, CultureInfo.InvariantCulture);
        using var zip = new ZLibStream(new MemoryStream(one, start, length), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zip.CopyTo(plain);
        return plain.ToArray();
    }

    private static string PageOf(SortedDictionary<int, byte[]> objects, string page)
    {
        var fonts = Regex.Matches(page, @"/([TC]) (\d+) 0 R").ToDictionary(m => m.Groups[1].Value,
            m => MapOf(objects, Latin(objects[Number(m.Groups[2])])));
        var content = Latin(Stream(objects[Number(Regex.Match(page, @"/Contents (\d+) 0 R").Groups[1])]));
        var lines = Regex.Matches(content, @"/([TC]) [\d.]+ Tf .*? Td <([0-9A-F]*)> Tj")
            .Select(m => string.Concat(m.Groups[2].Value.Chunk(4)
                .Select(hex => fonts[m.Groups[1].Value][new string(hex)])));
        return string.Join('\n', lines);
    }

    private static Dictionary<string, string> MapOf(SortedDictionary<int, byte[]> objects, string font) =>
        Regex.Matches(Latin(Stream(objects[Number(Regex.Match(font, @"/ToUnicode (\d+) 0 R").Groups[1])])),
            "^<([0-9A-F]{4})> <([0-9A-F]{4,8})>$", RegexOptions.Multiline)
            .ToDictionary(m => m.Groups[1].Value,
            m => Encoding.BigEndianUnicode.GetString(Convert.FromHexString(m.Groups[2].Value)));

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    [GeneratedRegex(@"(\d+) 0 R")]
    private static partial Regex Reference();
}
