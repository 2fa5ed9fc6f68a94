using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Agent.Runs.Jobs;

/// <summary>What is different about a kind of run: its checks and restic's arguments before, and what its end means.</summary>
internal abstract class Job(RunSpec spec)
{
    public static Job Of(RunSpec spec) => spec switch
    {
        BackupSpec backup => new BackupJob(backup),
        RestoreSpec restore => new RestoreJob(restore),
        CheckSpec check => new CheckJob(check),
        PruneSpec prune => new PruneJob(prune),
        UnlockSpec unlock => new UnlockJob(unlock),
        RepairSpec repair => new RepairJob(repair),
        CopySpec copy => new CopyJob(copy),
        StatsSpec stats => new StatsJob(stats),
        ForgetSpec forget => new ForgetJob(forget),
        TagSpec tag => new TagJob(tag),
        RecoverSpec recover => new RecoverJob(recover),
        _ => throw ProblemException.Invalid(Problems.KindRunNotKnown(spec.GetType().Name)),
    };

    /// <summary>What restic is started with; for a copy both repositories in one.</summary>
    public virtual ResticTarget Target => spec.Target;

    /// <summary>A second password, see <see cref="Core.Processes.ChildCommand.Second"/>.</summary>
    public virtual Secret Second => Secret.Empty;

    /// <summary>Every repository in which restic may hold a lock.</summary>
    public virtual IReadOnlyList<ResticTarget> Locked => [spec.Target];

    /// <summary>Whether the repository has to be writable.</summary>
    public virtual bool Writes => true;

    /// <summary>Whether the last of <see cref="Locked"/> is only read: where it takes no lock, restic does without.</summary>
    public virtual bool GoesWithoutLock => false;

    /// <summary>Whether <see cref="PrepareAsync"/> reads so much that it may take any time.</summary>
    public virtual bool Unhurried => false;

    /// <summary>Looks at what this kind of run needs, writes the files that restic reads, and says restic's arguments.</summary>
    /// <exception cref="ProblemException">A check failed: restic is not started.</exception>
    public abstract Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct);

    /// <summary>What the end means. <see cref="ResticResult.Outcome"/> is what the exit code alone says.</summary>
    public abstract RunEnded Judge(ResticResult heard);

    /// <summary>A line of restic's standard error as people read it.</summary>
    public virtual string Word(string line) => line;

    /// <summary>What is looked at once more after a good end: whether restic's word holds.</summary>
    public virtual Task<RunEnded> ConfirmAsync(RunEnded ended, RunFacts facts, ResticProcess restic) => Task.FromResult(ended);

    /// <summary>
    /// No exit code was written, or a backup left no summary. What the repository itself says of it; null: nothing.
    /// </summary>
    public virtual Task<RunEnded?> RecoverAsync(ResticResult heard, ResticProcess restic, RunLog log) =>
        Task.FromResult<RunEnded?>(null);

    /// <summary>Lines of restic for people; they may name files.</summary>
    protected static IReadOnlyList<Text> Said(IEnumerable<string> lines) =>
        [.. lines.Select(line => Text.Verbatim(line.AsForeign()))];
}

/// <summary>All that a run of restic left: its exit code, what it said, and what these alone mean.</summary>
/// <param name="Text">Lines of standard output that are no JSON: all that prune, copy and repair say.</param>
internal sealed record ResticResult(RunFacts Facts, int Exit, RunOutcome Outcome, Problem? Problem,
    ResticMessage? Summary, Preview Preview, ResticErrors Errors, IReadOnlyList<string> Text, DateTimeOffset At)
{
    /// <summary>Old id → new id of snapshots whose tags were changed.</summary>
    public IReadOnlyDictionary<string, string> Changed { get; init; } = new Dictionary<string, string>();

    public RunEnded Ended(RunResult? result = null) =>
        new(Outcome, null, result, Problem)
        {
            At = At,
            Transient = Outcome == RunOutcome.Failed && TransientProblems.Has(Problem),
        };

    public RunEnded Failed(Text what, Text why, Text next, RunResult? result = null) =>
        Failed(new Problem(what, why, next), result);

    public RunEnded Failed(Problem problem, RunResult? result = null) =>
        new(RunOutcome.Failed, null, result, problem) { At = At, Transient = TransientProblems.Has(problem) };
}
