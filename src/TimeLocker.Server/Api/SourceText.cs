using System.Collections.Frozen;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using TimeLocker.Core;

namespace TimeLocker.Server.Api;

/// <summary>
/// What the comments in the source say about types and their members, as plain text: the compiler writes them beside
/// each assembly.
/// </summary>
internal static partial class SourceText
{
    private static readonly Lazy<FrozenDictionary<string, XElement>> Members = new(Read);

    public static string? Of(Type type) => Find($"T:{Name(type)}") is { } found ? Text(found.Element("summary")) : null;

    /// <summary>Its own comment, or what the record's says about the parameter that it is made of.</summary>
    public static string? Of(PropertyInfo property) => property.DeclaringType is not { } owner ? null
        : Text(Find($"P:{Name(owner)}.{property.Name}")?.Element("summary"))
            ?? Text(Find($"T:{Name(owner)}")?.Elements("param").FirstOrDefault(p => p.Attribute("name")?.Value == property.Name));

    private static XElement? Find(string member) => Members.Value.GetValueOrDefault(member);

    private static string Name(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static FrozenDictionary<string, XElement> Read() => new[] { typeof(Problem).Assembly, typeof(SourceText).Assembly }
        .Select(a => Path.Combine(AppContext.BaseDirectory, $"{a.GetName().Name}.xml"))
        .Where(File.Exists)
        .SelectMany(file => XDocument.Load(file).Descendants("member"))
        .Where(m => m.Attribute("name")!.Value.Contains(":TimeLocker.", StringComparison.Ordinal)) // not what was generated
        .ToFrozenDictionary(m => m.Attribute("name")!.Value);

    private static string? Text(XElement? said) =>
        said is null || Flat(said).Trim() is not { Length: > 0 } text ? null : Blanks().Replace(text, " ");

    private static string Flat(XElement said) => string.Concat(said.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } other => Camel(
            (other.Attribute("cref") ?? other.Attribute("name") ?? other.Attribute("langword"))!.Value),
        XElement other => Flat(other),
        _ => "",
    }));

    // “P:TimeLocker.Core.Page`1.Next” is “next” in JSON.
    private static string Camel(string member) =>
        member.Split('(')[0].Split('.')[^1] is { Length: > 0 } last ? char.ToLowerInvariant(last[0]) + last[1..] : "";

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
