using System.Text.RegularExpressions;

namespace TimeLocker.Tests.Architecture;

/// <summary>
/// Finds sentences of problems in which a path, or another program's words, stand without a mark (<c>AsName</c>,
/// <c>AsNames</c>, <c>AsForeign</c>).
/// </summary>
internal static partial class Marks
{
    // What is only about TimeLocker's own files, and stops a start before there is anybody to tell.
    private static readonly string[] Own = ["Core/Secrets/", "Server/Data/", "Server/Secrets/", "Server/Identity/",
        "Server/Demo/", "Core/Processes/", "Agent/Restic/ResticBinary.cs", "Agent/Restic/OwnFolder.cs",
            "src/TimeLocker/"];

    public static IEnumerable<string> Missing(IEnumerable<(string Name, string Text)> files) =>
        from file in files
        where !Own.Any(own => file.Name.Contains(own, StringComparison.Ordinal))
        from statement in Statement().Matches(file.Text)
        from bad in Said().Matches(statement.Value).SelectMany(said => Arguments(said.Groups[1].Value)).Where(IsBare)
            .Concat(Message().Matches(statement.Value).Select(m => m.Value))
        select $"{file.Name}: {{{bad}}} in {statement.Value.Split('\n')[0]}";

    /// <summary>Sentences that are replaced past their marks.</summary>
    public static IEnumerable<string> Replaced(IEnumerable<(string Name, string Text)> files) =>
        from file in files from change in Replacing().Matches(file.Text) select $"{file.Name}: {change.Value}: use Problem.With";

    private static IEnumerable<string> Arguments(string list)
    {
        for (var (at, start, depth) = (0, 0, 0); at <= list.Length; at++)
        {
            if (at == list.Length || (list[at] == ',' && depth == 0))
            {
                yield return list[start..at].Trim();
                start = at + 1;
            }
            else
            {
                depth += list[at] is '(' or '[' ? 1 : list[at] is ')' or ']' ? -1 : 0;
            }
        }
    }

    private static bool IsBare(string hole) =>
        Path().IsMatch(hole) && !hole.Contains('\n', StringComparison.Ordinal)
            && !hole.Contains(".As", StringComparison.Ordinal) && !hole.Contains(".Count", StringComparison.Ordinal)
            && !hole.Contains(".Sum(", StringComparison.Ordinal);

    // From where a problem, or what a trigger says, is made to the end of the statement; and what makes a sentence of
    // one as plain text.
    [GeneratedRegex(@"\b(Text\?? (?:Why|Words|Next|Reason)\w*|new ProblemException|ProblemException\.Invalid|new Problem|new Firing|yield return new(?=\(clock)|(?:Trouble =|null, null,) new|"
        + @"Refused|Unavailable|\.Failed|Finding\.NotNow)\((?:[^;""]|""(?:[^""\\]|\\.)*"")*;")]
    private static partial Regex Statement();

    // What is put into a text.
    [GeneratedRegex(@"\b(?:Texts|Problems)\.\w+\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")]
    private static partial Regex Said();

    [GeneratedRegex(@"[Pp]roblem with \{ (What|Why|Next)\b")]
    private static partial Regex Replacing();

    // “e.Message” as a whole sentence.
    [GeneratedRegex(@"Verbatim\((?:\w+\()?[\w.]+\.Message\)")]
    private static partial Regex Message();

    // The message of an issue, and why a place cannot be saved, are texts: they carry their marks.
    [GeneratedRegex(@"\b(path|paths|folder|folders|source|sources|target|directory|closed|present|missed|lost|full|real|why|unreadable|bad\.Path|file|place|location|(?<!\bissue\.)Message|Path|Paths|Folder|Source|Sources|Missing|Present|Location)\b(?![(\[])(?!\.(Name|PlanName|Title|Id|Host|File|Kind|WhyNot|Count|Length|Maintenance|MaintenanceSchedules)\b)")]
    private static partial Regex Path();
}
