using System.Collections.Generic;

namespace TimeLocker.Build;

/// <summary>
/// Which arguments a pattern has: <c>{name}</c>, <c>{count, plural, one {…} other {…}}</c>, <c>{which, select, …}</c>.
/// </summary>
internal static class PatternArguments
{
    public static IReadOnlyList<string> Of(string pattern)
    {
        var found = new List<string>();
        var at = 0;
        Text(pattern, ref at, found);
        return found;
    }

    // Up to the brace that ends this text, or to the end of all.
    private static void Text(string pattern, ref int at, List<string> found)
    {
        while (at < pattern.Length && pattern[at] != '}')
        {
            if (pattern[at++] != '{')
            {
                continue;
            }

            var end = pattern.IndexOfAny(['}', ','], at);
            var name = pattern.Substring(at, end - at).Trim();
            at = end;
            if (!found.Contains(name))
            {
                found.Add(name);
            }

            while (pattern[at] != '}') // the choices: a word each, and what is said for it in braces
            {
                if (pattern[at++] == '{')
                {
                    Text(pattern, ref at, found);
                    at++;
                }
            }

            at++;
        }
    }
}
