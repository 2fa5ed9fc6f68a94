using System.Text.RegularExpressions;
using TimeLocker.Core.Plans;

namespace TimeLocker.Core.Backups;

/// <summary>
/// What hooks, a program as a source, and further tries may look like. Each answers with the cleaned value or a problem
/// of kind Invalid.
/// </summary>
public static partial class HookRules
{
    public const int MostHooks = 20, LongestLimit = 24 * 60 * 60;

    /// <summary>
    /// Whether this can be the name of a file in the hook directory: it cannot leave it, and cannot be taken for an
    /// option.
    /// </summary>
    public static bool IsName(string? file) => file is not null && Name().IsMatch(file);

    public static List<Hook> Hooks(IEnumerable<Hook> given)
    {
        var hooks = given.Select(h => h with { File = File(h.File) }).ToList();
        if (hooks.Count > MostHooks)
        {
            throw ProblemException.Invalid(Problems.HooksTooManyPlan(hooks.Count, MostHooks));
        }

        if (hooks.FirstOrDefault(h => h.LimitSeconds is < 1 or > LongestLimit) is { } bad)
        {
            throw ProblemException.Invalid(Problems.TimeLimitCannotUsed(bad.File));
        }

        return hooks.FirstOrDefault(h => !Enum.IsDefined(h.When) || !Enum.IsDefined(h.OnFailure)) is { } strange
            ? throw ProblemException.Invalid(Problems.HookNotUnderstoodMoment(strange.File))
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
            throw ProblemException.Invalid(Problems.PlanFoldersProgramWhat);
        }

        var path = given.Path.Trim();
        return path.Length is < 2 or > 1000 || path[0] != '/' || path[^1] == '/' || path.Any(char.IsControl)
            || path.Split('/')[1..].Any(part => part is "" or "." or "..")
            ? throw ProblemException.Invalid(Problems.CannotNameInSnapshot(path.AsName()))
            : new CommandSource(File(given.File), path);
    }

    public static RetryRules Retries(RetryRules? given) => given switch
    {
        null => RetryRules.Usual,
        { Times: < 0 or > 10 } => throw ProblemException.Invalid(Problems.FurtherTriesCannotUsed(given.Times)),
        {
            FirstAfterMinutes: < 1
            or > 360
        } => throw ProblemException.Invalid(Problems.FirstWaitMinutesCannot(given.FirstAfterMinutes)),
        _ => given,
    };

    private static string File(string? name) => IsName(name)
        ? name!
        : throw ProblemException.Invalid(Problems.CannotHookNameFile(name));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Name();
}
