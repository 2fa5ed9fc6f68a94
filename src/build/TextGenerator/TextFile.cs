using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;

namespace TimeLocker.Build;

/// <summary>A room's texts, as they stand in its resource file.</summary>
internal sealed class TextFile(string room, string name, IReadOnlyList<TextEntry> entries)
{
    public string Room { get; } = room;
    public string Name { get; } = name;
    public IReadOnlyList<TextEntry> Entries { get; } = entries;

    public static TextFile Read(string room, string name, string xml) => new(room, name, XDocument.Parse(xml).Root!.Elements("data")
        .Select(data => new TextEntry((string)data.Attribute("name")!, (string)data.Element("value")!)).ToList());
}

internal sealed class TextEntry(string key, string pattern)
{
    public string Key { get; } = key;
    public string Pattern { get; } = pattern;
    public string Member { get; } = key.Replace(".", "");

    /// <summary>The names in braces, each once, in their order.</summary>
    public IReadOnlyList<string> Arguments { get; } = PatternArguments.Of(pattern);
}
