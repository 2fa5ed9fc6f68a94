using TimeLocker.Core.Backups;

namespace TimeLocker.Core.Plans;

/// <summary>What a plan's parts may look like. Each answers with the cleaned value or a problem of kind Invalid.</summary>
public static class PlanRules
{
    public const int MostSources = 1000;

    /// <summary>What the kernel takes as a path, in bytes.</summary>
    private const int LongestPath = 4095;

    /// <summary>All that has rules but the hours, which belong to the schedules.</summary>
    public static BackupOptions Options(BackupOptions given, IReadOnlyList<string> sources) => given with
    {
        Command = HookRules.Command(given.Command, sources),
        Excludes = Excludes(given.Excludes),
        ExcludePresets = Presets(given.ExcludePresets),
        ExcludeIfPresent = Patterns(given.ExcludeIfPresent),
        Tags = TagRules.Checked(given.Tags),
        Resources = given.Resources.Checked(),
        Hooks = HookRules.Hooks(given.Hooks),
        Retries = HookRules.Retries(given.Retries),
    };

    public static List<string> Sources(IEnumerable<string> given)
    {
        var sources = given.Select(s => s.Length > 1 ? s.TrimEnd('/') : s).Where(s => s.Length > 0).Distinct().ToList();
        if (sources.Count == 0)
        {
            throw ProblemException.Invalid(Problems.PlanSavesNothingNo);
        }

        if (sources.FirstOrDefault(s => !s.StartsWith('/') || s.Contains('\0')
            || s.Split('/').Any(p => p is "." or "..")) is { } bad)
        {
            throw ProblemException.Invalid(Problems.CannotSourceAbsolutePath(bad.AsName()));
        }

        if (sources.Count > MostSources || sources.Any(s => System.Text.Encoding.UTF8.GetByteCount(s) > LongestPath))
        {
            throw ProblemException.Invalid(Problems.TheseSourcesCannotUsed(MostSources, LongestPath));
        }

        return sources.FirstOrDefault(s =>
            sources.Any(other => other != s
                && s.StartsWith(other == "/" ? "/" : other + "/", StringComparison.Ordinal))) is { } inside
            ? throw ProblemException.Invalid(Problems.InPlanTwiceLies(inside))
            : sources;
    }

    /// <summary>Patterns of what is not saved. restic reads none of them when it cannot read one, and saves nothing.</summary>
    public static List<string> Excludes(IReadOnlyList<string> given)
    {
        for (var line = 0; line < given.Count; line++)
        {
            if (GlobPattern.WhyNot(given[line].Trim()) is { } why)
            {
                throw ProblemException.Invalid(Texts.ExcludeLineCannotRead(given[line].Trim(), line + 1), why,
                    Texts.CorrectOrPartName);
            }
        }

        return Patterns(given);
    }

    /// <summary>Patterns, and file names for exclude-if-present: one line each.</summary>
    public static List<string> Patterns(IEnumerable<string> given)
    {
        var patterns = given.Select(p => p.Trim()).Where(p => p.Length > 0).Distinct().ToList();
        return patterns.FirstOrDefault(p => p.Any(char.IsControl)) is { } bad
            ? throw ProblemException.Invalid(Problems.PatternCannotUsedContains(bad))
            : patterns;
    }

    public static List<string> Presets(IEnumerable<string> given)
    {
        var names = given.Distinct().ToList();
        return names.FirstOrDefault(n => ExcludePreset.All.All(p => p.Name != n)) is { } strange
            ? throw ProblemException.Invalid(Problems.NoExcludePresetPresets(strange,
                string.Join(", ", ExcludePreset.All.Select(p => p.Name))))
            : names;
    }
}
