using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TimeLocker.Tests.Architecture;

/// <summary>The resource files of the rooms. That a text exists, and gets what it asks for, the compiler sees.</summary>
internal static class RoomTexts
{
    private const string Own = "src/TimeLocker.Core/Problem.cs";

    public static IEnumerable<string> Unused()
    {
        var sources = Sources.OfTheProduct().ToList();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Sources.Root, "src"), "Texts.resx", SearchOption.AllDirectories))
        {
            var room = Path.GetRelativePath(Sources.Root, Path.GetDirectoryName(file)!) + "/";
            var said = sources.Where(s => s.Name.StartsWith(room, StringComparison.Ordinal))
                .SelectMany(s => Regex.Matches(s.Text, @"\b(?:Texts|Problems)\.(\w+)").Select(m => m.Groups[1].Value)).ToHashSet();
            foreach (var key in XDocument.Load(file).Root!.Elements("data").Select(d => (string)d.Attribute("name")!))
            {
                if (!said.Contains(key.Split('.')[0]) && !said.Contains(key.Replace(".", "", StringComparison.Ordinal)))
                {
                    yield return $"{room}Texts.resx: {key}";
                }
            }
        }
    }

    public static IEnumerable<string> Compared(IEnumerable<(string Name, string Text)> files) =>
        from file in files
        where file.Name != Own
        from Match at in Regex.Matches(file.Text,
            @"\.(What|Why|Next)(WithoutNames\(\))?\.(Full|Unnamed)(\.(Contains|StartsWith|EndsWith|Equals|IndexOf)\b| (==|!=|is) )")
        select $"{file.Name}: {at.Value.Trim()}";
}
