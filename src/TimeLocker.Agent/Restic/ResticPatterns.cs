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
    /// <param name="without">Entries among those that are left out again.</param>
    /// <remarks>What no line can hold (a line break, a byte that is not UTF-8, which restic shows as U+FFFD) becomes
    /// <c>?</c>: any one character.</remarks>
    public static byte[] Exactly(IEnumerable<string> paths, params IEnumerable<string> without)
    {
        var file = new StringBuilder();
        foreach (var line in paths.Select(Line).Concat(without.Select(path => "!" + Line(path))))
        {
            file.Append(line).Append('\n');
        }

        return Encoding.UTF8.GetBytes(file.ToString());

        static string Line(string path) => Safe(Literal(path).Replace("$", "$$", StringComparison.Ordinal).Replace('\uFFFD', '?'));
    }

    /// <summary>The pattern that means exactly this path.</summary>
    public static string Literal(string path) =>
        string.Concat(path.Select(c => c is '\\' or '*' or '?' or '[' ? $"\\{c}" : c.ToString()));

    private static string Safe(string line)
    {
        line = line.Replace('\n', '?').Replace('\r', '?');
        return char.IsWhiteSpace(line[^1]) ? line[..^1] + "?" : line;
    }
}
