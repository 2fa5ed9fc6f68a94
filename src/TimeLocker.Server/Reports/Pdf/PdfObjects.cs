using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace TimeLocker.Server.Reports.Pdf;

/// <summary>The numbered objects of a PDF file, and the file that they make. (ISO 32000-1, 7.)</summary>
internal sealed class PdfObjects
{
    private readonly List<byte[]> all = [];

    /// <summary>A number for an object that is filled in later, so that others can refer to it.</summary>
    public int Reserve()
    {
        all.Add([]);
        return all.Count;
    }

    public void Fill(int number, string body) => all[number - 1] = Encoding.Latin1.GetBytes(body);

    public int Add(string body)
    {
        var number = Reserve();
        Fill(number, body);
        return number;
    }

    /// <param name="entries">Of its dictionary, besides length and filter.</param>
    public int AddStream(string entries, byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zip.Write(content);
        }

        all.Add([.. Encoding.Latin1.GetBytes($"<< {entries} /Length {packed.Length} /Filter /FlateDecode >>\nstream\n"),
            .. packed.ToArray(), .. "\nendstream"u8]);
        return all.Count;
    }

    /// <summary>Text for people: UTF-16, so that every name can be written.</summary>
    public static string Words(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    public byte[] ToFile(int root, int info)
    {
        using var file = new MemoryStream();
        Write("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
        var places = new List<long>();
        for (var i = 0; i < all.Count; i++)
        {
            places.Add(file.Position);
            Write($"{i + 1} 0 obj\n");
            file.Write(all[i]);
            Write("\nendobj\n");
        }

        var list = file.Position;
        Write($"xref\n0 {all.Count + 1}\n0000000000 65535 f \n");
        foreach (var place in places)
        {
            Write($"{place.ToString("D10", CultureInfo.InvariantCulture)} 00000 n \n");
        }

        Write($"trailer\n<< /Size {all.Count + 1} /Root {root} 0 R /Info {info} 0 R >>\nstartxref\n{list}\n%%EOF\n");
        return file.ToArray();

        void Write(string text) => file.Write(Encoding.Latin1.GetBytes(text));
    }
}
