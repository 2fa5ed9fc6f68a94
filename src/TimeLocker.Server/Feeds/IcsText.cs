using System.Globalization;
using System.Text;

namespace TimeLocker.Server.Feeds;

/// <param name="Uid">The same each time that the same event is written.</param>
public sealed record IcsEvent(string Uid, DateTimeOffset Stamp, DateTimeOffset Begins, TimeSpan Length, string Summary,
    string Description, string Url);

/// <summary>A calendar as RFC 5545 wants it: CRLF, lines of 75 bytes, escaped text, moments in UTC.</summary>
public static class IcsText
{
    public const string ContentType = "text/calendar; charset=utf-8";

    private const int LongestLine = 75;

    public static string Write(string name, IEnumerable<IcsEvent> events)
    {
        var text = new StringBuilder();
        Line(text, "BEGIN:VCALENDAR");
        Line(text, "VERSION:2.0");
        Line(text, "PRODID:-//TimeLocker//TimeLocker//EN");
        Line(text, "CALSCALE:GREGORIAN");
        Line(text, $"X-WR-CALNAME:{Escaped(name)}");
        Line(text, "REFRESH-INTERVAL;VALUE=DURATION:PT1H");
        foreach (var e in events)
        {
            Line(text, "BEGIN:VEVENT");
            Line(text, $"UID:{e.Uid}");
            Line(text, $"DTSTAMP:{Moment(e.Stamp)}");
            Line(text, $"DTSTART:{Moment(e.Begins)}");
            Line(text, $"DURATION:PT{Math.Max(1, (long)Math.Ceiling(e.Length.TotalMinutes))}M");
            Line(text, $"SUMMARY:{Escaped(e.Summary)}");
            Line(text, $"DESCRIPTION:{Escaped(e.Description)}");
            Line(text, $"URL:{e.Url}");
            Line(text, "TRANSP:TRANSPARENT");
            Line(text, "END:VEVENT");
        }

        Line(text, "END:VCALENDAR");
        return text.ToString();
    }

    private static string Moment(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private static string Escaped(string value)
    {
        var text = new StringBuilder(value.Length);
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' or ';' or ',' => text.Append('\\').Append(c),
                '\n' => text.Append("\\n"),
                _ when char.IsControl(c) => text,
                _ => text.Append(c),
            };
        }

        return text.ToString();
    }

    // Folded between characters, never within one: a byte count and whole runes.
    private static void Line(StringBuilder text, string line)
    {
        var length = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (length + rune.Utf8SequenceLength > LongestLine)
            {
                text.Append("\r\n ");
                length = 1;
            }

            text.Append(rune.ToString());
            length += rune.Utf8SequenceLength;
        }

        text.Append("\r\n");
    }
}
