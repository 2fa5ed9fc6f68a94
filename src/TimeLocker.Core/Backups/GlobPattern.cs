using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Backups;

/// <summary>
/// Whether restic can read a pattern: what Go's <c>filepath.Match</c> takes, part by part between slashes. A test asks
/// restic itself.
/// </summary>
public static class GlobPattern
{
    /// <returns>Null: it can be read; else what is wrong with it, as a sentence.</returns>
    public static Text? WhyNot(string pattern) =>
        Parts(pattern.StartsWith('!') ? pattern[1..] : pattern).Select(Fault).FirstOrDefault(fault => fault is not null);

    // restic cleans the path first, so what “..” takes back is never read.
    private static List<string> Parts(string pattern)
    {
        List<string> parts = [];
        foreach (var part in pattern.Split('/').Where(p => p is not ("" or ".")))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        return parts;
    }

    private static Text? Fault(string part)
    {
        for (var at = 0; at < part.Length;)
        {
            switch (part[at++])
            {
                case '\\' when at == part.Length:
                    return Texts.EndsWhichMeansNext;
                case '\\':
                    at++;
                    break;
                case '[' when Range(part, ref at) is false:
                    return Texts.BeginsChoiceCharactersWhich;
            }
        }

        return null;
    }

    // [abc], [a-z], [^a-z]; a “]” or “-” in it needs a “\” before it.
    private static bool Range(string part, ref int at)
    {
        at += at < part.Length && part[at] == '^' ? 1 : 0;
        for (var choices = 0; ; choices++)
        {
            if (at < part.Length && part[at] == ']' && choices > 0)
            {
                at++;
                return true;
            }

            if (!One(part, ref at))
            {
                return false;
            }

            if (part[at] == '-')
            {
                at++;
                if (!One(part, ref at))
                {
                    return false;
                }
            }
        }
    }

    // Something has to come after it.
    private static bool One(string part, ref int at)
    {
        if (at >= part.Length || part[at] is '-' or ']')
        {
            return false;
        }

        at += part[at] == '\\' || char.IsHighSurrogate(part[at]) ? 2 : 1;
        return at < part.Length;
    }
}
