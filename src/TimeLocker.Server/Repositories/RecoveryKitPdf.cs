using System.Globalization;
using QRCoder;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Reports.Pdf;

namespace TimeLocker.Server.Repositories;

/// <summary>Recovery kits on paper: a page for each repository, with the password to type, to scan, and in the commands.</summary>
internal static class RecoveryKitPdf
{
    private const double Code = 96;

    public static byte[] Write(IReadOnlyList<RecoveryKit> kits, DateTimeOffset at)
    {
        var day = at.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        var document = new PdfDocument(kits is [var one] ? Texts.KitOf(one.RepositoryName) : Texts.RecoveryKitTitle, at);
        var flow = new PdfFlow(document, Texts.KitFoot(day));
        foreach (var kit in kits)
        {
            flow.NewPage();
            Add(document, flow, kit, day);
        }

        flow.Number();
        return document.ToFile();
    }

    private static void Add(PdfDocument document, PdfFlow flow, RecoveryKit kit, string day)
    {
        var top = flow.Y;
        Draw(flow.Page, kit.Password, PdfFlow.Right - Code, top, Code);
        flow.Inset = Code + 24;
        flow.Heading(Texts.RecoveryKitTitle, 20);
        flow.Heading(kit.RepositoryName, 14);
        flow.Paragraph(Texts.KitPurpose(day));
        flow.Below(top + Code + 14);
        flow.Inset = 0;
        flow.Rule();
        flow.Fact(Texts.Address, kit.Address);
        flow.Fact(Texts.Password, kit.Password, 13);
        flow.Fact(Texts.ResticId, kit.ResticId, 8.5);
        if (!document.Code.Has(kit.Address + kit.Password + string.Concat(kit.Commands)))
        {
            flow.Paragraph(Texts.KitUnprintable, gray: 0);
        }

        flow.Space(8);
        flow.Heading(Texts.KitWhere, 11);
        flow.Code(kit.Commands);
        flow.Paragraph(Texts.KitFolded, 8);
        flow.Paragraph(Texts.KitWarning);
    }

    private static void Draw(PdfPage page, string text, double x, double y, double size)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M, forceUtf8: true);
        var rows = data.ModuleMatrix;
        var module = size / rows.Count;
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 0; column < rows.Count; column++)
            {
                var first = column;
                while (column < rows.Count && rows[row][column])
                {
                    column++;
                }

                if (column > first)
                {
                    // no hairlines between rows
                    page.Fill(x + (first * module), y + (row * module), (column - first) * module, module + 0.02);
                }
            }
        }
    }
}
