using System.Globalization;
using System.Text;

namespace TimeLocker.Server.Kit;

public readonly record struct NamePart(string Text, bool Symbol);

/// <summary>Cuts a name into readable text and symbols for what cannot be seen or could deceive.</summary>
public static class NameParts
{
    public static IReadOnlyList<NamePart> Of(string name)
    {
        if (name.Length == 0)
        {
            return [new("∅", true)];
        }

        List<NamePart> parts = [];
        var text = new StringBuilder();
        var last = name.Length - 1;
        for (var at = 0; at <= last; at++)
        {
            // A blank at either end is part of the name, yet nobody would see it.
            var symbol = name[at] == ' ' && (at == 0 || at == last) ? "·" : Symbol(name[at]);
            if (symbol is not null)
            {
                Flush();
                parts.Add(new(symbol, true));
            }
            else
            {
                text.Append(name[at]);
            }
        }

        Flush();
        return parts;

        void Flush()
        {
            if (text.Length > 0)
            {
                parts.Add(new(text.ToString(), false));
                text.Clear();
            }
        }
    }

    /// <summary>A text of several lines, made safe to look at; line breaks stay.</summary>
    public static string Lines(string text) =>
        string.Join('\n',
            text.Split('\n').Select(line => line.Length == 0 ? "" : string.Concat(Of(line).Select(p => p.Text))));

    private static string? Symbol(char c) => c switch
    {
        < ' ' => ((char)(0x2400 + c)).ToString(),
        '\x7f' => "␡",
        '\ufffd' => "\ufffd",
        '\u00a0' or '\u202f' or '\u2007' => "·",
        _ => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator || Deceives(c) ? $"‹{(int)c:X4}›" : null,
    };

    // Direction overrides and isolates, marks and zero-width spaces; not the joiners, which scripts and emoji need.
    private static bool Deceives(char c) => c is '\u200b' or '\u200e' or '\u200f' or '\u061c' or '\ufeff' or '\u00ad'
        or (>= '\u202a' and <= '\u202e') or (>= '\u2060' and <= '\u2069');
}
