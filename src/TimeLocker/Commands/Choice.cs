using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

/// <summary>
/// Options that take one of a few words, spelled as the dashboard says them. The API's own spelling is understood, too.
/// </summary>
internal static class Choice
{
    // Where the dashboard has another word.
    private static readonly Dictionary<Enum, string> Own = new() { [CheckDepth.Metadata] = "structure", [CheckDepth.Full] = "all" };

    public static Option<T?> Option<T>(string name, Text description) where T : struct, Enum
    {
        var option = new Option<T?>(name) { Help = description, HelpName = Shown(typeof(T)), CustomParser = Read<T> };
        Offer(option.CompletionSources, Words(typeof(T)));
        return option;
    }

    /// <summary>May be repeated.</summary>
    public static Option<T[]> Several<T>(string name, Text description) where T : struct, Enum
    {
        var option = new Option<T[]>(name)
        {
            Help = Texts.MayBeRepeated(description),
            HelpName = Shown(typeof(T)),
            CustomParser = result => [.. result.Tokens.Select(t => Read<T>(result, t.Value)).OfType<T>()],
        };
        Offer(option.CompletionSources, Words(typeof(T)));
        return option;
    }

    /// <summary>The same of words that are no enum.</summary>
    public static Option<string[]> Several(string name, Text description, IReadOnlyList<string> words)
    {
        var option = new Option<string[]>(name)
        {
            Help = Texts.OneOf(description, string.Join(", ", words)),
            HelpName = "word",
            CustomParser = result => [.. result.Tokens.Select(t => Find(result, t.Value, words)).OfType<string>()],
        };
        Offer(option.CompletionSources, words);
        return option;
    }

    public static Argument<T?> Argument<T>(string name, Text description) where T : struct, Enum
    {
        var argument = new Argument<T?>(name)
        {
            Help = description,
            HelpName = Shown(typeof(T)),
            CustomParser = Read<T>,
            Arity = ArgumentArity.ExactlyOne,
        };
        Offer(argument.CompletionSources, Words(typeof(T)));
        return argument;
    }

    private static void Offer(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources, IReadOnlyList<string> words)
    {
        sources.Clear();
        sources.Add(_ => words.Select(w => new CompletionItem(w)));
    }

    /// <summary>The word for a value.</summary>
    public static string Word(Enum value) => Own.TryGetValue(value, out var own) ? own : Word(value.ToString());

    /// <summary>"oneFileSystem" is "one-file-system".</summary>
    public static string Word(string name)
    {
        var word = new StringBuilder();
        foreach (var sign in name)
        {
            word.Append(char.IsAsciiLetterUpper(sign) && word.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(sign));
        }

        return word.ToString();
    }

    /// <summary>The value that is meant; null: none.</summary>
    public static T? Find<T>(string given) where T : struct, Enum =>
        Enum.GetValues<T>().Where(v => Plain(given) == Plain(Word(v)) || Plain(given) == Plain(v.ToString()))
            .Select(v => (T?)v).FirstOrDefault();

    // Every start comes here for each kind of word: nothing is compiled for one of them alone.
    public static IReadOnlyList<string> Words(Type kind) => [.. Enum.GetValues(kind).Cast<Enum>().Select(Word)];

    private static string Shown(Type kind) => Words(kind) is { Count: <= 9 } few ? string.Join('|', few) : "word";

    private static T? Read<T>(ArgumentResult result) where T : struct, Enum =>
        result.Tokens is [var one, ..] ? Read<T>(result, one.Value) : null;

    private static T? Read<T>(ArgumentResult result, string given) where T : struct, Enum
    {
        var value = Find<T>(given);
        _ = value is null ? Find(result, given, Words(typeof(T))) : null; // which says so
        return value;
    }

    private static string? Find(ArgumentResult result, string given, IReadOnlyList<string> words)
    {
        if (words.FirstOrDefault(word => Plain(given) == Plain(word)) is { } known)
        {
            return known;
        }

        result.AddError(Texts.NotOneOf(given, string.Join(", ", words)));
        return null;
    }

    private static string Plain(string word) => word.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
