using System.Globalization;

namespace TimeLocker.Server.Kit;

/// <summary>
/// Amounts in words. Sizes in binary units, three decimals, as restic prints them, but shorter where a page needs calm.
/// </summary>
public static class Sizes
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static string Bytes(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (Math.Abs(value) >= 1023.5 && unit < Units.Length - 1)
        {
            (value, unit) = (value / 1024, unit + 1);
        }

        var digits = unit == 0 || Math.Abs(value) >= 100 ? 0 : Math.Abs(value) >= 10 ? 1 : 2;
        return $"{value.ToString($"F{digits}", CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>As restic prints it: always three decimals.</summary>
    public static string Exact(long bytes)
    {
        var unit = bytes < 1024 ? 0 : Math.Min((int)Math.Log2(bytes) / 10, 4);
        return unit == 0 ? $"{bytes} B"
            : $"{(bytes / Math.Pow(1024, unit)).ToString("F3", CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    public static string Count(long number) => number.ToString("#,0", Spaced);

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "< 1 s",
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min {span.Seconds} s",
        { TotalHours: < 24 } => $"{(int)span.TotalHours} h {span.Minutes} min",
        _ => $"{(int)span.TotalDays} d {span.Hours} h",
    };

    public static string Percent(double fraction) => $"{Math.Floor(fraction * 1000) / 10:F1} %".Replace(',', '.');

    // A thin space groups digits in every language.
    private static readonly NumberFormatInfo Spaced = new() { NumberGroupSeparator = "\u202f" };
}
