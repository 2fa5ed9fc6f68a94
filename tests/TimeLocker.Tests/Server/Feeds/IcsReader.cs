using System.Globalization;
using System.Text;

namespace TimeLocker.Tests.Server.Feeds;

/// <summary>Reads an iCalendar stream and refuses what RFC 5545 does not allow.</summary>
internal static class IcsReader
{
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string text)
    {
        Must(text.EndsWith("\r\n", StringComparison.Ordinal)
            && !text.Replace("\r\n", "", StringComparison.Ordinal).Contains('\n'), "lines end with CRLF");
        var folded = text[..^2].Split("\r\n");
        Must(folded.All(l => Encoding.UTF8.GetByteCount(l) <= 75), "lines have at most 75 bytes");
        Must(!text.Contains('\uFFFD'), "no character is cut in two");
        var lines = text[..^2].Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n");
        Must(lines[0] == "BEGIN:VCALENDAR" && lines[^1] == "END:VCALENDAR" && lines.Contains("VERSION:2.0")
            && lines.Any(l => l.StartsWith("PRODID:", StringComparison.Ordinal)),
            "a calendar has a version and a product");
        var events = new List<IReadOnlyDictionary<string, string>>();
        Dictionary<string, string>? open = null;
        foreach (var line in lines[1..^1])
        {
            Must(line.Contains(':'), $"no value: {line}");
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..]);
            switch (line)
            {
                case "BEGIN:VEVENT":
                    Must(open is null, "an event in an event");
                    open = [];
                    break;
                case "END:VEVENT":
                    Must(((string[])["UID", "DTSTAMP", "DTSTART", "SUMMARY"]).All(open!.ContainsKey),
                        "an event lacks what it must have");
                    events.Add(open!);
                    open = null;
                    break;
                default:
                    Must(open is null || open.TryAdd(name, name is "SUMMARY" or "DESCRIPTION" ? Plain(value) : value),
                        $"{name} twice");
                    break;
            }
        }

        Must(open is null && events.Select(e => e["UID"]).Distinct().Count() == events.Count,
            "events end, and have ids of their own");
        return events;
    }

    public static DateTimeOffset Moment(string value) =>
        DateTimeOffset.ParseExact(value, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal);

    private static string Plain(string value)
    {
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            Must(value[i] is not (',' or ';'), $"not escaped: {value}");
            text.Append(value[i] != '\\' ? value[i] : value[++i] is 'n' or 'N' ? '\n' : value[i] is ',' or ';' or '\\'
                ? value[i] : throw new FormatException($"not an escape: {value}"));
        }

        return text.ToString();
    }

    private static void Must(bool holds, string fault)
    {
        if (!holds)
        {
            throw new FormatException(fault);
        }
    }
}
