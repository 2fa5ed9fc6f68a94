using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs.Jobs;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Runs;

/// <summary>The ends that do not depend on the kind of run, and restic's exit code turned into an outcome.</summary>
internal static class OutcomeRules
{
    public static Problem Cancelled { get; } = Problems.RunCancelledStoppedRequest;

    public static Problem Interrupted { get; } = Problems.RunInterruptedResticEnded;

    public static Problem NotBegun { get; } = Problems.RunInterruptedTimelockerStopped;

    /// <summary>Something before restic failed.</summary>
    public static RunEnded NotMade(ProblemException e, DateTimeOffset at) =>
        new(RunOutcome.Failed, null, null, e.Problem) { At = at, Transient = TransientProblems.Has(e.Problem) };

    public static RunEnded WasCancelled(DateTimeOffset at) => new(RunOutcome.Cancelled, null, null, Cancelled) { At = at };

    /// <summary>A fault of TimeLocker itself.</summary>
    public static RunEnded Broken(string fault, DateTimeOffset at)
    {
        var problem = new Problem(Texts.RunCouldNotCarried, Text.Verbatim(fault.AsForeign()),
            Texts.CheckTimelockersStateDirectory);
        return new(RunOutcome.Failed, null, null, problem) { At = at };
    }

    /// <summary>It was stopped because the repository stayed out of reach.</summary>
    public static RunEnded GivenUp(ResticResult heard, Watchdog watchdog, string reason)
    {
        var known = ResticProblems.Find(reason)?.Problem;
        return heard.Failed(known?.What ?? TransientProblems.NoRepository,
            watchdog.Why(known?.Why ?? Text.Verbatim(ResticProblems.FirstLine(reason).AsForeign())),
            known?.Next ?? Texts.CheckServerNetworkThen);
    }

    public static ResticResult Read(RunFacts facts, int? exit, ResticMessage? summary, Preview preview,
        ResticErrors errors, IReadOnlyList<string> text, Redactor redactor, bool stopped, DateTimeOffset at)
    {
        var (outcome, problem) = (stopped, exit) switch
        {
            (true, not ResticExit.Ok) => (RunOutcome.Cancelled, Cancelled),
            (_, null) => (RunOutcome.Interrupted, Interrupted),
            (_, { } code) => ResticExit.Judge(code, redactor.Clean(errors.Why)),
        };
        return new ResticResult(facts, exit ?? -1, outcome, problem, summary, preview, errors, text, at);
    }
}
