using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Restic;

/// <summary>What restic's exit code means, with what it said.</summary>
internal static class ResticExit
{
    public const int Ok = 0, Failed = 1, Crashed = 2, Partly = 3, Missing = 10, Locked = 11, WrongPassword = 12, Signalled = 130;

    /// <returns>No problem with 0 alone.</returns>
    public static (RunOutcome Outcome, Problem? Problem) Judge(int code, string said) => code switch
    {
        Ok => (RunOutcome.Succeeded, null),
        Partly => (RunOutcome.Incomplete, Problems.NotEverythingBackedUp),
        Signalled or 129 or 137 or 143 => (RunOutcome.Interrupted, Stopped(code, said)),
        _ => (RunOutcome.Failed, ProblemOf(code, said).Problem),
    };

    public static (ProblemKind Kind, Problem Problem) ProblemOf(int code, string said) => code switch
    {
        Missing when ResticProblems.Find(said) is { } cause => cause,
        Missing => (ProblemKind.NotFound,
            new Problem(Texts.NoRepositoryPlace,
                ResticProblems.FirstLine(said) is { Length: > 0 } why ? Says(why) : Texts.ResticFoundNone,
                Texts.CheckAddressDiskOr)),
        WrongPassword => ResticProblems.Find("wrong password or no key found")!.Value,
        Locked => ResticProblems.Find(said.Contains("already locked", StringComparison.Ordinal) ? said
            : "repository is already locked")!.Value,
        Crashed => (ProblemKind.Upstream,
            new Problem(Texts.ResticCrashed,
                Reason(said, Texts.EndedExitCode),
                Texts.RunAgainIfHappens)),
        _ => ResticProblems.Find(said) ?? (ProblemKind.Upstream,
            new Problem(Texts.ResticFailed,
                Reason(said, Texts.EndedExitCodeSaid(code)),
                Texts.RunsLogAllRestic)),
    };

    /// <summary>The problem of a short call, ready to be thrown.</summary>
    public static ProblemException Exception(ChildResult result, Redactor redactor)
    {
        var errors = new ResticErrors(_ => { }, _ => { });
        errors.Lines.Add(System.Text.Encoding.UTF8.GetBytes(result.Errors));
        errors.Lines.End();
        if (result.TimedOut)
        {
            // It was stopped while it tried again and again: the last try tells why.
            var why = ResticProblems.Find(errors.Retrying ?? errors.Why)?.Problem;
            return new ProblemException(ProblemKind.Unavailable,
                why ?? new(TransientProblems.NoRepository, Texts.ResticNoAnswerIn, Texts.CheckAddressNetworkThen));
        }

        if (result.Truncated)
        {
            return new ProblemException(ProblemKind.Upstream, Problems.ResticsAnswerTooLong);
        }

        var (kind, problem) = ProblemOf(result.ExitCode, redactor.Clean(errors.Why));
        return new ProblemException(kind, problem);
    }

    private static Problem Stopped(int code, string said) =>
        said.Contains("lock", StringComparison.Ordinal) && said.Contains("in the meantime", StringComparison.Ordinal)
        ? Problems.ResticGaveUpLock
        : new Problem(Texts.ResticStoppedFromOutside,
            code == 137 ? Texts.KilledSignalSystemWhen : Texts.ReceivedSignalDidNot, Texts.RunAgain);

    // restic's words may name files, anywhere in them.
    private static Text Reason(string said, Text otherwise) =>
        ResticProblems.FirstLine(said) is { Length: > 0 } line ? Says(line) : otherwise;

    internal static Text Says(string text) => Texts.ResticSays(text.AsForeign());
}
