using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

/// <summary>Options that take one of a few words, spelled as the dashboard says them. The API's own spelling is understood, too.</summary>
internal static partial class Choice
{
    // Where the dashboard has another word.
    private static readonly Dictionary<Enum, string> Own = new() { [CheckDepth.Metadata] = "structure", [CheckDepth.Full] = "all" };

    public static Option<T?> Option<T>(string name, string description) where T : struct, Enum
    {
        var option = new Option<T?>(name) { Description = description, HelpName = Shown<T>(), CustomParser = Read<T> };
        Offer<T>(option.CompletionSources);
        return option;
    }

    /// <summary>May be repeated.</summary>
    public static Option<T[]> Several<T>(string name, string description) where T : struct, Enum
    {
        var option = new Option<T[]>(name)
        {
            Description = description + " May be repeated.",
            HelpName = Shown<T>(),
            CustomParser = result => [.. result.Tokens.Select(t => Read<T>(result, t.Value)).OfType<T>()],
        };
        Offer<T>(option.CompletionSources);
        return option;
    }

    /// <summary>The same of words that are no enum.</summary>
    public static Option<string[]> Several(string name, string description, IReadOnlyList<string> words)
    {
        var option = new Option<string[]>(name)
        {
            Description = $"{description} One of {string.Join(", ", words)}. May be repeated.",
            HelpName = "word",
            CustomParser = result => [.. result.Tokens.Select(t => Find(result, t.Value, words)).OfType<string>()],
        };
        Offer(option.CompletionSources, words);
        return option;
    }

    public static Argument<T?> Argument<T>(string name, string description) where T : struct, Enum
    {
        var argument = new Argument<T?>(name) { Description = description, HelpName = Shown<T>(), CustomParser = Read<T>, Arity = ArgumentArity.ExactlyOne };
        Offer<T>(argument.CompletionSources);
        return argument;
    }

    private static void Offer<T>(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources) where T : struct, Enum => Offer(sources, Words<T>());

    private static void Offer(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources, IReadOnlyList<string> words)
    {
        sources.Clear();
        sources.Add(_ => words.Select(w => new CompletionItem(w)));
    }

    /// <summary>The word for a value.</summary>
    public static string Word(Enum value) => Own.TryGetValue(value, out var own) ? own : Word(value.ToString());

    /// <summary>"oneFileSystem" is "one-file-system".</summary>
    public static string Word(string name) => Humps().Replace(name, "-$0").ToLowerInvariant();

    /// <summary>The value that is meant; null: none.</summary>
    public static T? Find<T>(string given) where T : struct, Enum =>
        Enum.GetValues<T>().Where(v => Plain(given) == Plain(Word(v)) || Plain(given) == Plain(v.ToString())).Select(v => (T?)v).FirstOrDefault();

    public static IReadOnlyList<string> Words<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(v => Word(v))];

    private static string Shown<T>() where T : struct, Enum => Words<T>() is { Count: <= 9 } few ? string.Join('|', few) : "word";

    private static T? Read<T>(ArgumentResult result) where T : struct, Enum => result.Tokens is [var one, ..] ? Read<T>(result, one.Value) : null;

    private static T? Read<T>(ArgumentResult result, string given) where T : struct, Enum
    {
        var value = Find<T>(given);
        _ = value is null ? Find(result, given, Words<T>()) : null; // which says so
        return value;
    }

    private static string? Find(ArgumentResult result, string given, IReadOnlyList<string> words)
    {
        if (words.FirstOrDefault(word => Plain(given) == Plain(word)) is { } known)
        {
            return known;
        }

        result.AddError($"“{given}” is not one of {string.Join(", ", words)}.");
        return null;
    }

    private static string Plain(string word) => word.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Humps();
}
