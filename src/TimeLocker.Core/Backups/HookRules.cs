using System.Text.RegularExpressions;
using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Backups;

/// <summary>What hooks, a program as a source, and further tries may look like. Each answers with the cleaned value or a problem of kind Invalid.</summary>
public static partial class HookRules
{
    public const int MostHooks = 20, LongestLimit = 24 * 60 * 60;

    /// <summary>Whether this can be the name of a file in the hook directory: it cannot leave it, and cannot be taken for an option.</summary>
    public static bool IsName(string? file) => file is not null && Name().IsMatch(file);

    public static List<Hook> Hooks(IEnumerable<Hook> given)
    {
        var hooks = given.Select(h => h with { File = File(h.File) }).ToList();
        if (hooks.Count > MostHooks)
        {
            throw ProblemException.Invalid($"{hooks.Count} hooks are too many.", $"A plan can have {MostHooks}.", "Let one file do what belongs together.");
        }

        if (hooks.FirstOrDefault(h => h.LimitSeconds is < 1 or > LongestLimit) is { } bad)
        {
            throw ProblemException.Invalid($"The time limit of “{bad.File}” cannot be used.", "It is from 1 second to 24 hours.", "Choose another one; five minutes are usual.");
        }

        return hooks.FirstOrDefault(h => !Enum.IsDefined(h.When) || !Enum.IsDefined(h.OnFailure)) is { } strange
            ? throw ProblemException.Invalid($"The hook “{strange.File}” is not understood.", "Its moment is before, after, onSuccess or onFailure; a failure means ignore, stop or retry.", "Choose one of them.")
            : hooks;
    }

    /// <summary>A program is saved instead of folders, never beside them: they would need two snapshots.</summary>
    public static CommandSource? Command(CommandSource? given, IReadOnlyList<string> sources)
    {
        if (given is null)
        {
            return null;
        }

        if (sources.Count > 0)
        {
            throw ProblemException.Invalid("The plan has folders and a program.", "What a program prints is a backup of its own.", "Take the folders out, or make a second plan for them.");
        }

        var path = given.Path.Trim();
        return path.Length is < 2 or > 1000 || path[0] != '/' || path[^1] == '/' || path.Any(char.IsControl) || path.Split('/')[1..].Any(part => part is "" or "." or "..")
            ? throw ProblemException.Invalid($"“{path.AsName()}” cannot be the name in the snapshot.",
                "It is an absolute path of a file, such as /dumps/shop.sql, without “..”.",
                "Write such a path; nothing is made there on the machine.")
            : new CommandSource(File(given.File), path);
    }

    public static RetryRules Retries(RetryRules? given) => given switch
    {
        null => RetryRules.Usual,
        { Times: < 0 or > 10 } => throw ProblemException.Invalid($"{given.Times} further tries cannot be used.", "It is a number from 0 to 10.", "Choose another one; three are usual."),
        { FirstAfterMinutes: < 1 or > 360 } => throw ProblemException.Invalid($"A first wait of {given.FirstAfterMinutes} minutes cannot be used.", "It is from 1 minute to 6 hours.", "Choose another one; five minutes are usual."),
        _ => given,
    };

    private static string File(string? name) => IsName(name)
        ? name!
        : throw ProblemException.Invalid($"“{name}” cannot be a hook.", "A hook is the name of a file in the machine's hook directory: letters, digits, “.”, “_” and “-”, no “/”, at most 64, and it begins with a letter or a digit.", "Choose one of the list.");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Name();
}
