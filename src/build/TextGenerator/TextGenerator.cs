using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace TimeLocker.Build;

/// <summary>
/// Makes members of the entries of resource files: <c>Texts.NameMissing</c>, <c>Texts.InUse(name)</c>, so that a text
/// that does not exist and an argument that is missing do not compile. An entry with <c>.Why</c> and <c>.Next</c>
/// beside it is a problem: <c>Problems.InUse(name)</c>.
/// </summary>
[Generator]
public sealed class TextGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var project = context.AnalyzerConfigOptionsProvider.Select((options, _) =>
            (Space: Of(options.GlobalOptions, "RootNamespace"), Folder: Of(options.GlobalOptions, "ProjectDir")));
        var files = context.AdditionalTextsProvider.Where(file => file.Path.EndsWith("Texts.resx",
            System.StringComparison.Ordinal)).Combine(project);
        context.RegisterSourceOutput(files, (output, input) =>
        {
            var (file, (space, folder)) = input;
            var inside = Path.GetDirectoryName(file.Path.Substring(folder.Length)).Replace(Path.DirectorySeparatorChar, '.');
            var room = inside.Length == 0 ? space : $"{space}.{inside}";
            var texts = TextFile.Read(room, Path.GetFileNameWithoutExtension(file.Path), file.GetText()!.ToString());
            output.AddSource($"{texts.Room}.{texts.Name}.g.cs", SourceText.From(Source(texts), Encoding.UTF8));
        });
    }

    private static string Of(Microsoft.CodeAnalysis.Diagnostics.AnalyzerConfigOptions options, string property) =>
        options.TryGetValue($"build_property.{property}", out var value) ? value : "";

    private static string Source(TextFile file)
    {
        var code = new StringBuilder($"#nullable enable\nusing TimeLocker.Core;\n\nnamespace {file.Room};\n\n");
        code.Append($"internal static partial class {file.Name}\n{{\n");
        foreach (var entry in file.Entries)
        {
            var made = $"new(\"{$"{file.Room}.{file.Name}.{entry.Key}".Substring("TimeLocker.".Length)}\"{Given(entry)})";
            code.Append(
                $"    /// <summary>{entry.Pattern.Replace("&", "&amp;").Replace("<", "&lt;").Replace("\n", " ")}</summary>\n");
            code.Append(entry.Arguments.Count == 0
                ? $"    public static readonly Text {entry.Member} = {made};\n"
                : $"    public static Text {entry.Member}({Parameters(entry.Arguments)}) => {made};\n");
        }

        code.Append("}\n");
        var problems = file.Entries.Where(e => file.Entries.Any(o => o.Key == $"{e.Key}.Why")).ToList();
        if (problems.Count > 0)
        {
            code.Append("\ninternal static partial class Problems\n{\n");
            foreach (var what in problems)
            {
                var parts = new[] { what.Key, what.Key + ".Why",
                    what.Key + ".Next" }.Select(key => file.Entries.Single(e => e.Key == key)).ToList();
                var all = parts.SelectMany(p => p.Arguments).Distinct().ToList();
                code.Append($"    public static Problem {what.Member}{(all.Count == 0 ? "" : $"({Parameters(all)})")} => new(")
                    .Append(string.Join(", ",
                        parts.Select(p =>
                            $"{file.Name}.{p.Member}{(p.Arguments.Count == 0 ? "" : $"({string.Join(", ", p.Arguments.Select(Safe))})")}")))
                    .Append(");\n");
            }

            code.Append("}\n");
        }

        return code.ToString();
    }

    private static string Given(TextEntry entry) => string.Concat(entry.Arguments.Select(name => $", (\"{name}\", {Safe(name)})"));

    private static string Parameters(System.Collections.Generic.IEnumerable<string> names) =>
        string.Join(", ", names.Select(name => $"TextArgument {Safe(name)}"));

    private static string Safe(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : $"@{name}";
}
