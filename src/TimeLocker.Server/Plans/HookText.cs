using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;

namespace TimeLocker.Server.Plans;

/// <summary>Hooks in words.</summary>
public static class HookText
{
    public static Text Of(HookMoment when) => when switch
    {
        HookMoment.Before => Texts.BeforeBackup,
        HookMoment.After => Texts.AfterBackup,
        HookMoment.OnSuccess => Texts.AfterSuccess,
        _ => Texts.WhenFailed,
    };

    public static string Limit(int seconds) => seconds % 60 == 0 ? $"{seconds / 60} min" : $"{seconds} s";

    public static Text Of(HookFailure failure, HookMoment when) => (failure, when) switch
    {
        (HookFailure.Ignore, _) => Texts.FailureIgnored,
        (HookFailure.Retry, HookMoment.Before) => Texts.TriedOnceMoreThenNoBackup,
        (HookFailure.Retry, _) => Texts.TriedOnceMoreThenWarning,
        (_, HookMoment.Before) => Texts.KeepsBackupFromBeginning,
        _ => Texts.GivesWarning,
    };
}
