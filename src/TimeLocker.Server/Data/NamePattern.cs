namespace TimeLocker.Server.Data;

/// <summary>The LIKE pattern for a part of a name. What people type is never a wildcard.</summary>
internal static class NamePattern
{
    public const string Escape = "\\";

    // Longer than any name, and short enough for SQLite, which refuses a pattern of more than 50 000 bytes.
    private const int Longest = 500;

    public static string Of(string part) =>
        $"%{part[..Math.Min(part.Length, Longest)].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}
