using System.Globalization;

namespace TimeLocker.Benchmarks;

/// <summary>Prints the figures as they come.</summary>
internal static class Report
{
    public static void Head() => Write("row", "figure", "value", "baseline", "ratio", "goal");

    /// <param name="goal">About the value, or about the ratio: it says so itself.</param>
    public static void Line(int row, string figure, double value, double? baseline, string unit, string goal) =>
        Write($"{row}", figure, Number(value, unit), baseline is { } b ? Number(b, unit) : "-",
            baseline is > 0 and var under ? (value / under).ToString("0.000", CultureInfo.InvariantCulture) : "-",
            goal);

    /// <summary>What happens now, for whoever waits.</summary>
    public static void Say(string what) => Console.Error.WriteLine($"  {what}");

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Number(double value, string unit) =>
        value.ToString(Math.Abs(value) switch { >= 1000 => "0", >= 100 => "0.0", >= 1 => "0.00", _ => "0.0000" },
            CultureInfo.InvariantCulture) + (unit.Length > 0 ? " " + unit : "");

    private static void Write(string row, string figure, string value, string baseline, string ratio, string goal) =>
        Console.WriteLine($"{row,-4} {figure,-62} {value,12} {baseline,12} {ratio,7}  {goal}");
}
