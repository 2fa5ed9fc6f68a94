using System.Text;

namespace TimeLocker.Agent.Restic;

/// <summary>Writes the pattern files of restic, which trims lines, drops comments and expands $VARIABLES in them.</summary>
internal static class ResticPatterns
{
    /// <summary>Patterns typed by people: their stars stay stars, everything else stays what it is.</summary>
    public static byte[] Excludes(IEnumerable<string> patterns)
    {
        var file = new StringBuilder();
        foreach (var pattern in patterns.Where(p => p.Trim().Length > 0))
        {
            var line = Safe(pattern.Replace("$", "$$", StringComparison.Ordinal));
            file.Append(line[0] == '#' || char.IsWhiteSpace(line[0]) ? "\\" : "").Append(line).Append('\n');
        }

        return Encoding.UTF8.GetBytes(file.ToString());
    }

    /// <summary>Patterns that match exactly these entries of a folder (<c>/name/…</c>) and what is below them.</summary>
    /// <remarks>What no line can hold (a line break, a byte that is not UTF-8, which restic shows as U+FFFD) becomes <c>?</c>: any one character.</remarks>
    public static byte[] Includes(IEnumerable<string> paths)
    {
        var file = new StringBuilder();
        foreach (var path in paths)
        {
            file.Append(Safe(Literal(path).Replace("$", "$$", StringComparison.Ordinal).Replace('\uFFFD', '?'))).Append('\n');
        }

        return Encoding.UTF8.GetBytes(file.ToString());
    }

    /// <summary>The pattern that means exactly this path.</summary>
    public static string Literal(string path) => string.Concat(path.Select(c => c is '\\' or '*' or '?' or '[' ? $"\\{c}" : c.ToString()));

    private static string Safe(string line)
    {
        line = line.Replace('\n', '?').Replace('\r', '?');
        return char.IsWhiteSpace(line[^1]) ? line[..^1] + "?" : line;
    }
}
