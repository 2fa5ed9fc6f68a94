using System.Globalization;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;

namespace TimeLocker.Commands;

/// <summary>A program around a backup in a few words: <c>before stop-database 60 retry</c>.</summary>
internal static class HookArgument
{
    public static Hook Read(string given)
    {
        var words = given.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var seconds = words.Length > 2
            && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : (int?)null;
        var (when, failure) = (Choice.Find<HookMoment>(words.FirstOrDefault() ?? ""),
            words.Length > 3 ? Choice.Find<HookFailure>(words[3]) : HookFailure.Stop);
        return words.Length is >= 2 and <= 4 && when is not null && failure is not null
            && (seconds is not null || words.Length == 2)
            ? Limited(new(when.Value, words[1]) { OnFailure = failure.Value }, seconds)
            : throw ProblemException.Invalid(Problems.NotProgramAroundBackup(given, Words(typeof(HookMoment)),
                Words(typeof(HookFailure)), Texts.HookExample));
    }

    private static Hook Limited(Hook hook, int? seconds) => seconds is { } limit ? hook with { LimitSeconds = limit } : hook;

    private static string Words(Type kind) => string.Join(", ", Choice.Words(kind));
}
