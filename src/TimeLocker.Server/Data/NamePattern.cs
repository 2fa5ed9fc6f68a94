namespace TimeLocker.Server.Data;

/// <summary>The LIKE pattern for a part of a name. What people type is never a wildcard.</summary>
internal static class NamePattern
{
    public const string Escape = "\\";

    public static string Of(string part) =>
        $"%{part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}
