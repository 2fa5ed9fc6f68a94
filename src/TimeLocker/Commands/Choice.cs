using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
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

    public static Argument<T?> Argument<T>(string name, string description) where T : struct, Enum
    {
        var argument = new Argument<T?>(name) { Description = description, HelpName = Shown<T>(), CustomParser = Read<T>, Arity = ArgumentArity.ExactlyOne };
        Offer<T>(argument.CompletionSources);
        return argument;
    }

    private static void Offer<T>(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources) where T : struct, Enum
    {
        sources.Clear();
        sources.Add(_ => Words<T>().Select(w => new CompletionItem(w)));
    }

    /// <summary>The word for a value.</summary>
    public static string Word(Enum value) => Own.TryGetValue(value, out var own) ? own : Humps().Replace(value.ToString(), "-$0").ToLowerInvariant();

    public static IReadOnlyList<string> Words<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(v => Word(v))];

    private static string Shown<T>() where T : struct, Enum => Words<T>() is { Count: <= 9 } few ? string.Join('|', few) : "word";

    private static T? Read<T>(ArgumentResult result) where T : struct, Enum => result.Tokens is [var one, ..] ? Read<T>(result, one.Value) : null;

    private static T? Read<T>(ArgumentResult result, string given) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Plain(given) == Plain(Word(value)) || Plain(given) == Plain(value.ToString()))
            {
                return value;
            }
        }

        result.AddError($"“{given}” is not one of {string.Join(", ", Words<T>())}.");
        return null;
    }

    private static string Plain(string word) => word.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Humps();
}
