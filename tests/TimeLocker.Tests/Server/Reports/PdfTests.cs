using System.Text;
using System.Text.RegularExpressions;
using Shouldly;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Reports.Pdf;
using TimeLocker.Server.Repositories;
using Xunit;

namespace TimeLocker.Tests.Server.Reports;

public sealed class PdfTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 4, 5, 6, TimeSpan.Zero);

    [Fact]
    public void Text_in_many_scripts_reads_back_as_it_was_written()
    {
        var document = new PdfDocument("Über", At);
        document.AddPage().Text(50, 50, document.Text, 12, "Grüße, Ελληνικά, Русский, “quoted” – 3 €");
        document.AddPage().Text(50, 50, document.Code, 12, "0O 1lI {}[]\\ 'x'");
        PdfText.Of(document.ToFile()).ShouldBe(["Grüße, Ελληνικά, Русский, “quoted” – 3 €", "0O 1lI {}[]\\ 'x'"]);
        document.Text.Has("日本").ShouldBeFalse();
    }

    [Fact]
    public void A_font_is_embedded_with_the_outlines_in_use_alone()
    {
        var document = new PdfDocument("x", At);
        document.AddPage().Text(50, 50, document.Text, 12, "äb");
        var objects = PdfText.Objects(document.ToFile());
        var fonts = objects.Values.Where(o => Encoding.Latin1.GetString(o).Contains("/Length1",
            StringComparison.Ordinal)).Select(PdfText.Stream).ToList();
        fonts.Count.ShouldBe(2);
        fonts.ShouldAllBe(f => f.Length < 40_000);
        Should.NotThrow(() => fonts[0].Length.ShouldBeGreaterThan(3000)); // ä is put together from a and its dots
    }

    [Fact]
    public void A_long_kit_goes_on_on_further_numbered_pages_and_loses_nothing()
    {
        var commands = Enumerable.Range(1, 150).Select(i => $"export LINE_{i}='{new string('x', i)}'").ToList();
        var kit = new RecoveryKit(Guid.Empty, "name", "/a/very/" + new string('l', 200) + "/address", "secret-one",
            new string('f', 64), new Dictionary<string, string>(), commands);
        var pages = PdfText.Of(RecoveryKitPdf.Write([kit], At));
        pages.Count.ShouldBeGreaterThan(2);
        pages.Select((p, i) => p.EndsWith($"{i + 1} / {pages.Count}", StringComparison.Ordinal)).ShouldAllBe(numbered => numbered);
        var all = string.Concat(string.Join('\n', pages).Split('\n')
            .Where(l => !Regex.IsMatch(l, @"^(TimeLocker recovery kit|\d+ / \d+$)"))
            .Select(l => l.StartsWith('↪') ? l[1..] : "\n" + l));
        commands.ShouldAllBe(c => all.Contains(c, StringComparison.Ordinal));
        Regex.Replace(string.Join('\n', pages), @"\s", "").ShouldContain(new string('l', 200));
    }

    [Fact]
    public void What_the_font_cannot_print_is_said_on_the_page()
    {
        var kit = new RecoveryKit(Guid.Empty, "name", "/a", "秘密の言葉", new string('f', 64), new Dictionary<string, string>(), []);
        PdfText.Of(RecoveryKitPdf.Write([kit], At))[0].ShouldContain("cannot be printed");
    }
}
