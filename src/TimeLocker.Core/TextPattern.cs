using System.Text;

namespace TimeLocker.Core;

/// <summary>
/// A text with places for its arguments, in the part of ICU's message format that is needed: <c>{name}</c>,
/// <c>{count, plural, one {# file} other {# files}}</c>, <c>{which, select, yes {…} other {…}}</c>.
/// </summary>
/// <remarks>The libraries that read the whole of it are not in the feed. A language with more forms of plural than
/// English gets its rule in <see cref="Form"/>.</remarks>
public static class TextPattern
{
    public static string Fill(string pattern, Func<string, string> value)
    {
        if (!pattern.Contains('{', StringComparison.Ordinal))
        {
            return pattern;
        }

        var (filled, at) = (new StringBuilder(), 0);
        Fill(pattern, ref at, filled, value, number: null);
        return filled.ToString();
    }

    private static void Fill(string pattern, ref int at, StringBuilder filled, Func<string, string> value, string? number)
    {
        for (; at < pattern.Length && pattern[at] != '}'; at++)
        {
            if (pattern[at] == '{')
            {
                at++;
                Place(pattern, ref at, filled, value);
            }
            else if (pattern[at] == '#' && number is not null)
            {
                filled.Append(number);
            }
            else
            {
                filled.Append(pattern[at]);
            }
        }
    }

    // From behind the opening brace to the closing one.
    private static void Place(string pattern, ref int at, StringBuilder filled, Func<string, string> value)
    {
        var given = value(Word(pattern, ref at, "},"));
        if (pattern[at] == '}')
        {
            filled.Append(given);
            return;
        }

        at++;
        var plural = Word(pattern, ref at, ",") == "plural";
        at++;
        var (wanted, otherwise, found) = (plural ? Form(given) : given, (string?)null, false);
        while (pattern[at] != '}')
        {
            var choice = Word(pattern, ref at, "{}");
            if (pattern[at] == '}')
            {
                break;
            }

            at++;
            var said = new StringBuilder();
            Fill(pattern, ref at, said, value, plural ? given : null);
            at++;
            if (!found && (choice == wanted || choice == $"={given}"))
            {
                filled.Append(said);
                found = true;
            }

            otherwise = choice == "other" ? said.ToString() : otherwise;
        }

        filled.Append(found ? null : otherwise);
    }

    private static string Form(string number) => number == "1" ? "one" : "other";

    private static string Word(string pattern, ref int at, string until)
    {
        var start = at;
        at = pattern.AsSpan(at).IndexOfAny(until) is var end and >= 0 ? at + end : pattern.Length;
        return pattern[start..at].Trim();
    }
}
