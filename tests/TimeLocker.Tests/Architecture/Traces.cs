using System.Text.RegularExpressions;

namespace TimeLocker.Tests.Architecture;

/// <summary>
/// Paths of the machine on which something was written or recorded: they tell about a person, and are there nowhere
/// else.
/// </summary>
internal static class Traces
{
    private static readonly string[] Folders = ["src", "tests", "deploy", "migrations", "wwwroot", ".ci"];
    private static readonly string[] Pictures = [".png", ".pdf", ".ttf", ".woff2", ".dll", ".gz", ".ico"];

    // People of the examples: you, ada, anna …
    private static readonly Regex[] Tells =
    [
        new(@"/root/\.(cargo|pyenv|nvm|local|cache|config|dotnet|nuget|bash)\b"), new(@"\.pyen[v]/|\.carg[o]/bin"),
            new(@"(?<![\w.])/wor[k]/"), new(@"/tmp/lan[e]"),
        new(@"/home/(user|dev|developer|ubuntu|debian|vagrant|runner|vscode|node)\b"), new(@"/Users/[a-z]+/"),
    ];

    public static IEnumerable<string> In(IEnumerable<(string Name, string Text)> files) =>
        from file in files from tell in Tells from match in tell.Matches(file.Text).Take(1) select $"{file.Name}: {match.Value}";

    public static IEnumerable<(string Name, string Text)> All() =>
        from path in Folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Sources.Root, f), "*",
            SearchOption.AllDirectories)).Concat(Directory.GetFiles(Sources.Root))
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
            && Path.GetFileName(path) != ".git" && !Pictures.Contains(Path.GetExtension(path))
        select (Path.GetRelativePath(Sources.Root, path), File.ReadAllText(path));
}
