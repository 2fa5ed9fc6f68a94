using System.Text.RegularExpressions;

namespace TimeLocker.Tests.Architecture;

/// <summary>The product's files as text.</summary>
internal static class Sources
{
    private const int Longest = 400, Widest = 160, Comfortable = 120;

    // A long string, pattern or tag may be left as it is.
    private const double MostUncomfortable = 0.03, MostWider = 0.002;

    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static IEnumerable<(string Name, string Text)> OfTheProduct() => In("src");

    public static IEnumerable<(string Name, string Text)> OfTheTests() => In("tests");

    private static IEnumerable<(string Name, string Text)> In(string folder) =>
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.*", SearchOption.AllDirectories)
        where file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)
        where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
        select (Path.GetRelativePath(Root, file), File.ReadAllText(file));

    public static IEnumerable<string> Faults(IEnumerable<(string Name, string Text)> files)
    {
        foreach (var (name, text) in files)
        {
            var lines = text.Split('\n').Length - 1;
            if (lines > Longest)
            {
                yield return $"{name} has {lines} lines: split it";
            }

            foreach (var bad in Regex.Matches(text, @"\basync void\b|^\s*#region", RegexOptions.Multiline)
                .Select(m => m.Value.Trim()))
            {
                yield return $"{name}: {bad}";
            }
        }
    }

    /// <summary>Whether few enough lines are wider than is comfortable, and next to none than a screen.</summary>
    public static IEnumerable<string> WideLines(IEnumerable<(string Name, string Text)> files)
    {
        var lines = files.SelectMany(file => file.Text.Split('\n').Select((line, at) => (Place: $"{file.Name}:{at + 1}", line.Length))).ToList();
        foreach (var (columns, most) in ((int, double)[])[(Comfortable, MostUncomfortable), (Widest, MostWider)])
        {
            var wider = lines.Where(line => line.Length > columns).ToList();
            if (wider.Count > lines.Count * most)
            {
                yield return $"{wider.Count} of {lines.Count} lines are wider than {columns} columns, more than {most:P1}: "
                    + string.Join(", ", wider.TakeLast(20).Select(line => line.Place));
            }
        }
    }

    /// <summary>
    /// Pages take their fields, buttons and tables from the kit, which gives each the classes and types it needs.
    /// </summary>
    public static IEnumerable<string> RawTags(IEnumerable<(string Name, string Text)> files) =>
        from file in files
        where file.Name.EndsWith(".razor", StringComparison.Ordinal)
            && !file.Name.StartsWith("src/TimeLocker.Server/Kit/", StringComparison.Ordinal)
        from Match tag in Regex.Matches(file.Text, "<(button|input|select|textarea|table|dialog)\\b")
        select $"{file.Name}: {tag.Value}; take the kit's";

    /// <summary>Classes that are too long over all their files.</summary>
    public static IEnumerable<string> LongClasses(IEnumerable<(string Name, string Text)> files) =>
        from file in files
        from Match part in Regex.Matches(file.Text, @"^\S.*\bpartial class (\w+)", RegexOptions.Multiline)
        group (file.Name, Lines: file.Text.Split('\n').Length - 1) by (Path.GetDirectoryName(file.Name),
            part.Groups[1].Value) into parts
        let lines = parts.Sum(part => part.Lines)
        where lines > Longest
        select $"{parts.Key.Value} has {lines} lines over {parts.Count()} files: make two classes of it";

    private static string Find(string from) =>
        File.Exists(Path.Combine(from, "TimeLocker.sln")) ? from
            : Find(Path.GetDirectoryName(from.TrimEnd('/'))
                ?? throw new DirectoryNotFoundException("the repository's root"));
}
