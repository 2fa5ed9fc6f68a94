using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;

namespace TimeLocker.Server.Plans;

/// <summary>Hooks in words.</summary>
public static class HookText
{
    public static string Of(HookMoment when) => when switch
    {
        HookMoment.Before => "Before the backup",
        HookMoment.After => "Afterwards, whatever came of it",
        HookMoment.OnSuccess => "After a success",
        _ => "When it failed or left something out",
    };

    public static string Limit(int seconds) => seconds % 60 == 0 ? $"{seconds / 60} min" : $"{seconds} s";

    public static string Of(HookFailure failure, HookMoment when) => (failure, when) switch
    {
        (HookFailure.Ignore, _) => "does not matter",
        (HookFailure.Retry, HookMoment.Before) => "is tried once more, then the backup does not begin",
        (HookFailure.Retry, _) => "is tried once more, then the run has a warning",
        (_, HookMoment.Before) => "keeps the backup from beginning",
        _ => "gives the run a warning",
    };
}
