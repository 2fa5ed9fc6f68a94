using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization;

namespace TimeLocker.Core;

/// <summary>A sentence that knows which of its parts are names of files, so that it can be said without them.</summary>
/// <remarks>It is written as an interpolated string, <c>$"{folder.AsName()} is not empty."</c>, wherever a parameter is one.</remarks>
[InterpolatedStringHandler]
[JsonConverter(typeof(StoredSentence))]
public sealed class Sentence
{
    /// <summary>What stands for a name where it is left out.</summary>
    public const string LeftOut = "…";

    private readonly StringBuilder text = new(), unnamed = new();

    public Sentence(int literalLength, int formattedCount)
    {
    }

    /// <summary>For everybody who may see names of files.</summary>
    public string Text => text.ToString();

    /// <summary>For everybody else, and for whatever leaves this server.</summary>
    public string Unnamed => unnamed.ToString();

    public string For(Actor? who) => who?.Is(Role.Operator) == true ? Text : Unnamed;

    public Sentence WithoutNames() => From(Unnamed, Unnamed);

    public void AppendLiteral(string value) => Append(value, value);

    public void AppendFormatted(FileName name) => Append(name.Text, LeftOut);

    public void AppendFormatted(Sentence? sentence) => Append(sentence?.Text, sentence?.Unnamed);

    public void AppendFormatted(string? value) => Append(value, value);

    public void AppendFormatted<T>(T value, string? format = null) => AppendLiteral(
        (value is IFormattable it ? it.ToString(format, CultureInfo.InvariantCulture) : value?.ToString()) ?? "");

    /// <summary>So that an interpolated string can be one where nothing asks for it, as in <c>a ? Sentence.Of($"…") : "…"</c>.</summary>
    public static Sentence Of(Sentence sentence) => sentence;

    /// <summary>Several in a row.</summary>
    public static Sentence Of(IEnumerable<Sentence> sentences) => sentences.Aggregate((all, next) => Of($"{all} {next}"));

    public static implicit operator Sentence(string? text) => Of($"{text}");

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(sentence))]
    public static implicit operator string?(Sentence? sentence) => sentence?.Unnamed;

    internal static Sentence From(string text, string unnamed)
    {
        var sentence = new Sentence(0, 0);
        sentence.Append(text, unnamed);
        return sentence;
    }

    public override string ToString() => Unnamed; // whoever does not say which one is meant gets the harmless one

    public override bool Equals(object? obj) => obj is Sentence other && (other.Text, other.Unnamed) == (Text, Unnamed);

    public override int GetHashCode() => (Text, Unnamed).GetHashCode();

    private void Append(string? whole, string? without)
    {
        text.Append(whole);
        unnamed.Append(without);
    }
}

/// <summary>
/// A name of a file or folder, or another program's words, which may hold some: only a <see cref="Sentence"/> takes
/// it. An ordinary string does not compile with it.
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
