using System.Globalization;
using System.Text;

namespace TimeLocker.Server.Reports.Pdf;

/// <summary>
/// A PDF document in two fonts: pages of text, lines and filled rectangles. Lengths are points; y grows downwards from
/// the top of the page.
/// </summary>
internal sealed class PdfDocument(string title, DateTimeOffset made)
{
    public const double Width = 595.28, Height = 841.89; // A4

    private readonly List<PdfPage> pages = [];

    public PdfFont Text { get; } = PdfFont.OfText();
    public PdfFont Code { get; } = PdfFont.OfCode();
    public IReadOnlyList<PdfPage> Pages => pages;

    public PdfPage AddPage()
    {
        var page = new PdfPage(this);
        pages.Add(page);
        return page;
    }

    public byte[] ToFile()
    {
        var objects = new PdfObjects();
        var tree = objects.Reserve();
        var fonts = $"<< /T {Text.AddTo(objects)} 0 R /C {Code.AddTo(objects)} 0 R >>";
        var kids = pages.Select(page =>
        {
            var content = objects.AddStream("", Encoding.ASCII.GetBytes(page.Content));
            return objects.Add(
                $"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {PdfPage.Number(Width)} {PdfPage.Number(Height)}] /Resources << /Font {fonts} >> /Contents {content} 0 R >>");
        }).ToList();
        objects.Fill(tree, $"<< /Type /Pages /Count {kids.Count} /Kids [{string.Join(' ', kids.Select(k => $"{k} 0 R"))}] >>");
        var root = objects.Add($"<< /Type /Catalog /Pages {tree} 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>");
        var info = objects.Add(
            $"<< /Title {PdfObjects.Words(title)} /Producer (TimeLocker) /CreationDate "
            + $"(D:{made.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}Z) >>");
        return objects.ToFile(root, info);
    }
}

internal sealed class PdfPage(PdfDocument document)
{
    private readonly StringBuilder content = new();

    public string Content => content.ToString();

    /// <param name="y">Of the line on which the letters stand.</param>
    /// <param name="gray">0 black … 1 white.</param>
    public void Text(double x, double y, PdfFont font, double size, string text, double gray = 0) =>
        content.Append(CultureInfo.InvariantCulture,
            $"BT {Number(gray)} g /{(font == document.Code ? "C" : "T")} {Number(size)} Tf {Number(x)} {Number(PdfDocument.Height - y)} Td {font.Encode(text)} Tj ET\n");

    public void Line(double x1, double y1, double x2, double y2, double width = 0.5, double gray = 0.7) =>
        content.Append(CultureInfo.InvariantCulture,
            $"{Number(gray)} G {Number(width)} w {Number(x1)} {Number(PdfDocument.Height - y1)} m {Number(x2)} {Number(PdfDocument.Height - y2)} l S\n");

    public void Fill(double x, double y, double width, double height, double gray = 0) =>
        content.Append(CultureInfo.InvariantCulture,
            $"{Number(gray)} g {Number(x)} {Number(PdfDocument.Height - y - height)} {Number(width)} {Number(height)} re f\n");

    internal static string Number(double value) => Math.Round(value, 3).ToString("0.###", CultureInfo.InvariantCulture);
}
