using System.Text;

namespace TimeLocker.Server.Reports.Pdf;

/// <summary>
/// Lays text out from top to bottom: headings, paragraphs, facts, code; new pages as they are needed, numbered at the
/// end.
/// </summary>
internal sealed class PdfFlow(PdfDocument document, string footer)
{
    private const double Margin = 56, Bottom = PdfDocument.Height - 64, Labels = 92, Gap = 1.42;

    private PdfPage? page;
    private double y;

    /// <summary>How far from the right edge text keeps, for something that stands there.</summary>
    public double Inset { get; set; }

    public double Y => y;

    public static double Right => PdfDocument.Width - Margin;

    public PdfPage Page => page ?? NewPage();

    public PdfPage NewPage()
    {
        (page, y) = (document.AddPage(), Margin);
        return page;
    }

    public void Space(double height) => y += height;

    /// <summary>Goes on below what stands at the side.</summary>
    public void Below(double at) => y = Math.Max(y, at);

    /// <summary>A new page, unless so much room is left on this one.</summary>
    public void Need(double height)
    {
        if (page is null || y + height > Bottom)
        {
            NewPage();
        }
    }

    public void Heading(string text, double size)
    {
        Need(size * 4);
        Lines(document.Text, size, text, Margin, Right - Inset - Margin, 0);
        y += size * 0.4;
    }

    public void Paragraph(string text, double size = 10, double gray = 0.25)
    {
        Lines(document.Text, size, text, Margin, Right - Inset - Margin, gray);
        y += size * 0.5;
    }

    /// <summary>A label and beside it what it is, exactly as it is to be typed.</summary>
    public void Fact(string label, string value, double size = 11)
    {
        Need(size * Gap);
        Page.Text(Margin, y + size, document.Text, 10, label, 0.4);
        Lines(document.Code, size, value, Margin + Labels, Right - Inset - Margin - Labels, 0);
        y += 3;
    }

    /// <summary>Lines for a shell on a grey ground. What is too long goes on behind an arrow.</summary>
    public void Code(IEnumerable<string> lines, double size = 8.5)
    {
        var room = Right - Margin - 16;
        foreach (var line in lines)
        {
            foreach (var (part, index) in Cut(line, (int)(room / document.Code.Width("m", size))).Select((p, i) => (p, i)))
            {
                Need(size * Gap);
                Page.Fill(Margin, y, Right - Margin, size * Gap, 0.95);
                Page.Text(Margin + 8, y + size, document.Code, size, index == 0 ? part : "↪" + part);
                y += size * Gap;
            }
        }

        y += size;
    }

    public void Rule()
    {
        Page.Line(Margin, y, Right, y);
        y += 10;
    }

    public void Number()
    {
        foreach (var (one, index) in document.Pages.Select((p, i) => (p, i + 1)))
        {
            var number = $"{index} / {document.Pages.Count}";
            one.Text(Margin, PdfDocument.Height - 36, document.Text, 8, footer, 0.45);
            one.Text(Right - document.Text.Width(number, 8), PdfDocument.Height - 36, document.Text, 8, number, 0.45);
        }
    }

    private void Lines(PdfFont font, double size, string text, double x, double width, double gray)
    {
        foreach (var line in Wrap(font, size, text, width))
        {
            Need(size * Gap);
            Page.Text(x, y + size, font, size, line, gray);
            y += size * Gap;
        }
    }

    // At blanks; a word that is longer than the line is cut.
    private static IEnumerable<string> Wrap(PdfFont font, double size, string text, double width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && font.Width($"{line} {word}", size) > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
            while (font.Width(line.ToString(), size) > width)
            {
                var fits = line.Length;
                while (fits > 1 && font.Width(line.ToString(0, fits), size) > width)
                {
                    fits--;
                }

                yield return line.ToString(0, fits);
                line.Remove(0, fits);
            }
        }

        yield return line.ToString();
    }

    private static IEnumerable<string> Cut(string line, int most)
    {
        for (var rest = line; ; rest = rest[most..])
        {
            if (rest.Length <= most)
            {
                yield return rest;
                yield break;
            }

            yield return rest[..most];
        }
    }
}
