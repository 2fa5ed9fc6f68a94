using System.Text.RegularExpressions;
using TimeLocker.Core.Extensions;
using TimeLocker.Tests.Core.Extensions;

namespace TimeLocker.Tests.Architecture;

/// <summary>
/// What one extension is called, or its fields, decides nothing outside its own file: others ask what it says of
/// itself.
/// </summary>
internal static class ExtensionNames
{
    /// <summary>
    /// Kinds that are also words of something else: they are looked for where a kind is compared, not everywhere.
    /// </summary>
    private static readonly string[] Words = ["call", "files", "s3", "space", "network", "passphrase", "rest", "local", "rclone"];

    public static IEnumerable<string> In(IEnumerable<(string Name, string Text)> files)
    {
        var kinds = Listed.Everything.Select(one => one.Extension.Kind).ToHashSet();
        var fields = string.Join('|', Listed.Everything.SelectMany(one => one.Extension.Fields).Select(f => f.Name).Distinct());
        var own = Listed.Everything.Select(one => $"{one.Extension.GetType().Name}.cs").ToHashSet();
        var literal = new Regex($"\"({string.Join('|', kinds.Except(Words))})\"");
        var compared = new Regex("\\b(Kind|Backend)\\)? (==|!=|is|is not) \\(?\"|\\b(Kind|Backend) switch\\s*\\{\\s*\"");
        var field = new Regex(
            $"[vV]alues(\\.GetValueOrDefault\\(|\\[|\\.Flag\\(|\\.Has\\()\"({fields})\"|\\b[fF](ield)?\\.Name (==|is) \"");
        return from file in files
               where !own.Contains(Path.GetFileName(file.Name))
                   && !file.Name.Contains("/Demo/", StringComparison.Ordinal)
                   && !Path.GetFileName(file.Name).StartsWith("RepositoryTriggers", StringComparison.Ordinal)
               from line in file.Text.Split('\n').Select((text, number) => (Text: text, Number: number + 1))
               where !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal)
               from pattern in (Regex[])[literal, compared, field]
               let found = pattern.Match(line.Text)
               where found.Success
               select $"{file.Name}:{line.Number} {found.Value}: make it data of the field, or a member of the extension";
    }

    /// <summary>Classes that are an extension and in no list, so that no suite asks them anything.</summary>
    public static IEnumerable<string> Unlisted(IEnumerable<Type> types)
    {
        var listed = Listed.Everything.Select(one => one.Extension.GetType()).ToHashSet();
        var contracts = Listed.Everything.Select(one => one.Contract).Distinct().ToList();
        return types.Where(type => type is { IsClass: true, IsAbstract: false } && contracts.Any(type.IsAssignableTo)
            && !listed.Contains(type))
            // stands before what a plugin adds
            .Where(type => type.Namespace?.EndsWith(".Plugins", StringComparison.Ordinal) != true)
            .Select(type => $"{type.FullName} is in no list: give it a line in BuiltInExtensions");
    }
}
