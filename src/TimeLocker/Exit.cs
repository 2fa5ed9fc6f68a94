using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker;

/// <summary>The exit codes of every command; README.md lists them.</summary>
internal static class Exit
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Incomplete = 3;
    public const int NoServer = 4;
    public const int NotAllowed = 5;
    public const int Cancelled = 130;

    public static int Of(RunOutcome? outcome) => outcome switch
    {
        RunOutcome.Succeeded or RunOutcome.Skipped => Ok, // what was left out for a reason is no failure
        RunOutcome.Incomplete => Incomplete,
        RunOutcome.Cancelled => Cancelled,
        _ => Failed,
    };

    public static int Of(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid or ProblemKind.NotFound => Usage,
        ProblemKind.Unauthorized or ProblemKind.Forbidden => NotAllowed,
        ProblemKind.Unavailable => NoServer,
        _ => Failed,
    };
}
