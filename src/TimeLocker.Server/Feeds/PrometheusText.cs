using System.Globalization;
using System.Text;

namespace TimeLocker.Server.Feeds;

/// <summary>Prometheus' text format, version 0.0.4: each family with its help and type, then its samples.</summary>
public sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new();
    private readonly HashSet<string> known = [];
    private string family = "";

    public PrometheusText Gauge(string name, string help) => Begin(name, "gauge", help);

    public PrometheusText Counter(string name, string help) => Begin(name, "counter", help);

    /// <summary>A sample of the family that was begun last; null is left out.</summary>
    public PrometheusText Sample(double? value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        if (value is not { } number)
        {
            return this;
        }

        text.Append(family);
        for (var i = 0; i < labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escaped(labels[i].Value)).Append('"');
        }

        text.Append(labels.Length > 0 ? "} " : " ").Append(number.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    public override string ToString() => text.ToString();

    private PrometheusText Begin(string name, string type, string help)
    {
        if (!known.Add(name))
        {
            throw new InvalidOperationException($"the family {name} was begun twice");
        }

        family = name;
        text.Append("# HELP ").Append(name).Append(' ')
            .Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
            .Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
}
