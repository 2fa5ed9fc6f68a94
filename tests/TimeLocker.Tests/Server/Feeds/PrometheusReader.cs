using System.Globalization;
using System.Text.RegularExpressions;

namespace TimeLocker.Tests.Server.Feeds;

internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>Reads Prometheus' text format as strictly as its description: anything that is not in it is a fault.</summary>
internal static partial class PrometheusReader
{
    public static IReadOnlyList<Sample> Read(string text)
    {
        Must(text.EndsWith('\n') && !text.Contains('\r'), "lines end with one LF, the last one, too");
        var (samples, types, helped, closed, current) = (new List<Sample>(), new Dictionary<string, string>(),
            new HashSet<string>(), new HashSet<string>(), "");
        foreach (var line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                Must(helped.Add(help.Groups["name"].Value), $"two helps: {line}");
                closed.Add(current);
                current = help.Groups["name"].Value;
                Must(!closed.Contains(current), $"a family in two pieces: {line}");
            }
            else if (Type().Match(line) is { Success: true } type)
            {
                Must(type.Groups["name"].Value == current && types.TryAdd(current, type.Groups["type"].Value),
                    $"the type of another family: {line}");
            }
            else
            {
                var sample = Line().Match(line);
                Must(sample.Success, $"not a line of this format: {line}");
                Must(sample.Groups["name"].Value == current && types.ContainsKey(current),
                    $"a sample without help and type: {line}");
                Must(types[current] != "counter" || current.EndsWith("_total", StringComparison.Ordinal),
                    $"a counter is called _total: {line}");
                var labels = Label().Matches(sample.Groups["labels"].Value).ToDictionary(l => l.Groups["name"].Value,
                    l => Plain(l.Groups["value"].Value));
                samples.Add(new(current, labels,
                    double.Parse(sample.Groups["value"].Value, NumberStyles.Float, CultureInfo.InvariantCulture)));
            }
        }

        Must(samples.Select(s =>
            $"{s.Name}{string.Join(',', s.Labels.OrderBy(l => l.Key).Select(l => $"{l.Key}={l.Value}"))}").Distinct()
            .Count() == samples.Count, "the same sample twice");
        return samples;
    }

    private static string Plain(string value) =>
        Regex.Replace(value, @"\\(.)", m => m.Groups[1].Value == "n" ? "\n" : m.Groups[1].Value);

    private static void Must(bool holds, string fault)
    {
        if (!holds)
        {
            throw new FormatException(fault);
        }
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) ([^\\]|\\\\|\\n)*$")]
    private static partial Regex Help();

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\\\|\\"|\\n)*"(,(?!\}))?)+)\})? (?<value>[+-]?(\d+(\.\d+)?([eE][+-]?\d+)?|Inf)|NaN)$""")]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\]|\\.)*)"(,|$)""")]
    private static partial Regex Label();
}
