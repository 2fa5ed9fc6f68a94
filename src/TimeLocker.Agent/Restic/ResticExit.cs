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
        Partly => (RunOutcome.Incomplete, new Problem("Not everything was backed up.", "Some files or folders could not be read.", "Look at the list of issues: give access, or exclude what is not needed.")),
        Signalled or 129 or 137 or 143 => (RunOutcome.Interrupted, Stopped(code, said)),
        _ => (RunOutcome.Failed, ProblemOf(code, said).Problem),
    };

    public static (ProblemKind Kind, Problem Problem) ProblemOf(int code, string said) => code switch
    {
        Missing when ResticProblems.Find(said) is { } cause => cause,
        Missing => (ProblemKind.NotFound,
            new Problem("There is no repository at this place.",
                ResticProblems.FirstLine(said) is { Length: > 0 } why ? Says(why) : "restic found none.",
                "Check the address, and that the disk or share is connected.")),
        WrongPassword => ResticProblems.Find("wrong password or no key found")!.Value,
        Locked => ResticProblems.Find(said.Contains("already locked", StringComparison.Ordinal) ? said : "repository is already locked")!.Value,
        Crashed => (ProblemKind.Upstream,
            new Problem("restic crashed.",
                Reason(said, "It ended with exit code 2."),
                "Run it again; if it happens again, report the log to the restic project.")),
        _ => ResticProblems.Find(said) ?? (ProblemKind.Upstream,
            new Problem("restic failed.",
                Reason(said, $"It ended with exit code {code} and said nothing."),
                "The run's log has all that restic said.")),
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
            return new ProblemException(ProblemKind.Unavailable, why ?? new(TransientProblems.NoRepository, "restic had no answer in time.", "Check the address and the network, then try again."));
        }

        if (result.Truncated)
        {
            return new ProblemException(ProblemKind.Upstream, "restic's answer is too long.",
                "It goes beyond what TimeLocker reads at once.",
                "Use restic itself for this one.");
        }

        var (kind, problem) = ProblemOf(result.ExitCode, redactor.Clean(errors.Why));
        return new ProblemException(kind, problem);
    }

    private static Problem Stopped(int code, string said) => said.Contains("lock", StringComparison.Ordinal) && said.Contains("in the meantime", StringComparison.Ordinal)
        ? new Problem("restic gave up.", "Its lock was removed by someone else while it worked.", "Make sure that nobody unlocks the repository during a run, then run it again.")
        : new Problem("restic was stopped from outside.", code == 137 ? "It was killed (signal 9), by the system when memory is short or by a person." : "It received a signal that did not come from TimeLocker.", "Run it again.");

    // restic's words may name files, anywhere in them.
    private static Sentence Reason(string said, Sentence otherwise) => ResticProblems.FirstLine(said) is { Length: > 0 } line ? Says(line) : otherwise;

    internal static Sentence Says(string text) => Sentence.Of($"restic says: {text.AsForeign()}");
}
