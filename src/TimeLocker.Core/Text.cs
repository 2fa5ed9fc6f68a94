using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace TimeLocker.Core;

/// <summary>
/// What is said to people: the key of an entry in a room's resource file, and its arguments. The words are looked up
/// where somebody reads them, in the culture of whoever reads. Two are the same if key and arguments are.
/// </summary>
/// <remarks>
/// Which arguments are names of files is known, so that it can be said without them. Made by the members of a room's
/// <c>Texts</c>; what people typed or another program said has no key (<see cref="Verbatim(TextArgument)"/>).
/// </remarks>
[JsonConverter(typeof(StoredText))]
public sealed class Text : IEquatable<Text>
{
    /// <summary>What stands for a name where it is left out.</summary>
    public const string LeftOut = "…";

    private static readonly (string Name, TextArgument Value)[] None = [];

    private readonly (string Name, TextArgument Value)[] arguments;

    /// <summary>Without arguments: of these there are hundreds, made at the first use of a room's texts.</summary>
    public Text(string key) : this(key, None)
    {
    }

    public Text(string key, params (string Name, TextArgument Value)[] arguments)
    {
        Key = key;
        this.arguments = arguments;
    }

    /// <summary>Resource file and name: <c>Server.Repositories.Texts.InUse</c>. Empty for what is said as it came.</summary>
    public string Key { get; }

    public IReadOnlyList<(string Name, TextArgument Value)> Arguments => arguments;

    /// <summary>For everybody who may see names of files.</summary>
    public string Full => Say(named: true);

    /// <summary>For everybody else, and for whatever leaves this server.</summary>
    public string Unnamed => Say(named: false);

    /// <summary>What was said in another version, which knows the key no more.</summary>
    internal string? Fallback { get; init; }

    /// <summary>Stored as bare words, before it was written down which of them are names of files.</summary>
    internal bool Bare { get; init; }

    public static readonly Text Empty = Verbatim("");

    /// <summary>Words as they came: of people, of another program, of a version that stored sentences.</summary>
    public static Text Verbatim(TextArgument words) => new("", ("words", words));

    public static Text Verbatim(FileName words) => Verbatim((TextArgument)words);

    /// <summary>Several, one after the other.</summary>
    public static Text Of(params IEnumerable<Text> texts) => texts.Aggregate((all, next) => Texts.Sequence(all, next));

    public string For(Actor? who) => Say(who?.Is(Role.Operator) == true);

    public Text WithoutNames() =>
        new(Key, [.. arguments.Select(a => (a.Name, a.Value.WithoutName()))])
        {
            Fallback = Fallback is null ? null
            : LeftOut
        };

    /// <summary>It is this entry of a resource file, whatever its arguments are.</summary>
    public bool Is(Text other) => Key.Length > 0 && Key == other.Key;

    /// <summary>The same with each of its arguments changed: secrets are taken out.</summary>
    public Text Map(Func<string, string> change) =>
        new(Key, [.. arguments.Select(a => (a.Name, a.Value.Map(change)))])
        {
            Fallback = Fallback is null ? null
            : change(Fallback)
        };

    [return: NotNullIfNotNull(nameof(text))]
    // whoever does not say which one is meant gets the harmless one
    public static implicit operator string?(Text? text) => text?.Unnamed;

    public override string ToString() => Unnamed;

    public bool Equals(Text? other) => other is not null && other.Key == Key && other.arguments.SequenceEqual(arguments);

    public static bool operator ==(Text? one, Text? other) => Equals(one, other);

    public static bool operator !=(Text? one, Text? other) => !Equals(one, other);

    public override bool Equals(object? obj) => Equals(obj as Text);

    public override int GetHashCode() =>
        arguments.Aggregate(Key.GetHashCode(StringComparison.Ordinal), (sum, a) => HashCode.Combine(sum, a));

    private string Say(bool named)
    {
        if (Key.Length == 0)
        {
            return arguments[0].Value.Say(named);
        }

        if (TextCatalog.Find(Key, CultureInfo.CurrentUICulture) is { } pattern)
        {
            var said = TextPattern.Fill(pattern, name => arguments.FirstOrDefault(a => a.Name == name).Value.Say(named));
            return CultureInfo.CurrentUICulture.Name == TextCatalog.PseudoLanguage ? TextCatalog.Pseudo(said) : said;
        }

        return named && Fallback is { } known ? known
            : string.Join(' ', arguments.Select(a => a.Value.Say(named)).Prepend(LeftOut));
    }
}
