using System.Globalization;

namespace TimeLocker.Core;

/// <summary>What is put into a text: words, a number, a name of a file, or another text.</summary>
public readonly record struct TextArgument
{
    private TextArgument(string? words, string? unnamed, Text? text) => (Words, Unnamed, Text) = (words, unnamed, text);

    internal string? Words { get; }

    /// <summary>What stands for the words where names of files are left out; null: the words.</summary>
    internal string? Unnamed { get; }

    internal Text? Text { get; }

    /// <summary>Anything else, as the invariant culture writes it.</summary>
    public static TextArgument Of<T>(T value, string? format = null) =>
        (value as IFormattable)?.ToString(format, CultureInfo.InvariantCulture) ?? value?.ToString();

    /// <summary>Words that are said in another way where names of files are left out.</summary>
    public static TextArgument Of(string? words, string unnamed) => new(words, unnamed == words ? null : unnamed, null);

    public static implicit operator TextArgument(string? words) => new(words, null, null);
    public static implicit operator TextArgument(FileName name) => new(name.Text, Core.Text.LeftOut, null);
    public static implicit operator TextArgument(Text? text) => new(null, null, text);
    public static implicit operator TextArgument(int number) => Of(number);
    public static implicit operator TextArgument(long number) => Of(number);
    public static implicit operator TextArgument(double number) => Of(number);
    public static implicit operator TextArgument(bool which) => which ? "true" : "false";
    public static implicit operator TextArgument(char sign) => sign.ToString();

    internal string Say(bool named) => Text is null ? (named ? Words : Unnamed ?? Words) ?? "" : named ? Text.Full : Text.Unnamed;

    internal TextArgument WithoutName() => new(Unnamed ?? Words, null, Text?.WithoutNames());

    internal TextArgument Map(Func<string, string> change) =>
        new(Words is null ? null : change(Words), Unnamed is null ? null : change(Unnamed), Text?.Map(change));
}

/// <summary>
/// A name of a file or folder, or another program's words, which may hold some: only a <see cref="Text"/> takes it.
/// An ordinary string does not compile with it.
/// </summary>
public readonly ref struct FileName(string? text)
{
    internal string? Text { get; } = text;
}

public static class FileNames
{
    /// <summary>Marks the path of a file or folder that people keep something in.</summary>
    public static FileName AsName(this string? path) => new(path);

    /// <summary>Marks what another program said: it may name files anywhere.</summary>
    public static FileName AsForeign(this string? words) => new(words);

    public static FileName AsNames(this IEnumerable<string> paths) => new(string.Join(", ", paths));
}
