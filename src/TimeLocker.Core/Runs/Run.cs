using System.Text.Json.Serialization;

namespace TimeLocker.Core.Runs;

/// <summary>One execution of any kind. Changed by <see cref="Apply"/> and by nothing else.</summary>
public sealed class Run
{
    /// <summary>How many issues are kept with the run; the log has them all.</summary>
    public const int MostIssues = 1000;

    /// <summary>Says nothing about time: see <see cref="RunOrder"/>.</summary>
    public required Guid Id { get; init; }
    public required RunKind Kind { get; init; }
    public required RunCause Cause { get; init; }
    public required Guid RepositoryId { get; init; }
    public required Guid MachineId { get; init; }
    public Guid? PlanId { get; init; }

    /// <summary>For people: the plan's name, or what is restored.</summary>
    public required Text Title { get; init; }

    /// <summary>Actor id of the person who asked for it, and of the one who cancelled it.</summary>
    public required string RequestedBy { get; init; }
    public string? CancelledBy { get; set; }

    /// <summary>What was asked for, whole: a run that never began can be begun again from it.</summary>
    public required RunRequest Request { get; init; }

    /// <summary>It says what would be done, and does nothing. Whoever counts, tells or shows runs asks here.</summary>
    public bool DryRun => Request.IsDryRun();

    /// <summary>It saves files, if all goes well.</summary>
    [JsonIgnore]
    public bool IsBackup => Kind == RunKind.Backup && !DryRun;

    /// <summary>Nobody asked for it at this moment: the plan's conditions say whether it is left out.</summary>
    [JsonIgnore]
    public bool IsConditional => Cause is RunCause.Schedule or RunCause.CatchUp or RunCause.Trigger or RunCause.Retry;

    /// <summary>
    /// The moment of the plan's schedule that this run answers; unique for a plan. A slot that was missed or skipped
    /// has a run, too, which never began.
    /// </summary>
    public DateTimeOffset? Slot { get; init; }

    /// <summary>It does not begin before: a random delay, or the wait before a further try.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>0: the first try.</summary>
    public int Attempt { get; init; }

    public required DateTimeOffset QueuedAt { get; init; }
    public DateTimeOffset? StartedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }
    public RunState State { get; private set; }
    public RunOutcome? Outcome { get; private set; }
    public string? SnapshotId { get; private set; }
    public RunProgress Progress { get; private set; } = RunProgress.None;
    public RunResult? Result { get; private set; }
    public Problem? Problem { get; private set; }
    public bool Recovered { get; private set; }

    /// <summary>It failed for a cause that may pass by itself.</summary>
    public bool Transient { get; private set; }
    public string? Command { get; private set; }

    /// <summary>What was looked at before restic was started.</summary>
    public IReadOnlyList<RunCheck> Checks { get; private set; } = [];
    public string? ResticVersion { get; private set; }
    public int IssueCount { get; private set; }
    public long LastSequence { get; private set; }

    /// <summary>The first <see cref="MostIssues"/>, each path once.</summary>
    [JsonIgnore]
    public IReadOnlyList<RunIssue> Issues { get; private set; } = [];

    [JsonIgnore]
    public bool HasEnded => State == RunState.Ended;

    /// <summary>As it is now; the run itself goes on.</summary>
    public Run Copy() => (Run)MemberwiseClone();

    /// <summary>As this person may see it: names of files are for Operators.</summary>
    public Run For(Actor? who) => who?.Is(Role.Operator) == true ? this : new()
    {
        Id = Id,
        Kind = Kind,
        Cause = Cause,
        RepositoryId = RepositoryId,
        MachineId = MachineId,
        PlanId = PlanId,
        Title = Kind == RunKind.Restore ? RunKinds.Of(Kind).Title : Title,
        RequestedBy = RequestedBy,
        CancelledBy = CancelledBy,
        Request = Request.WithoutNames(),
        Slot = Slot,
        NotBefore = NotBefore,
        Attempt = Attempt,
        QueuedAt = QueuedAt,
        StartedAt = StartedAt,
        EndedAt = EndedAt,
        State = State,
        Outcome = Outcome,
        SnapshotId = SnapshotId,
        Progress = Progress with { CurrentFiles = [], Note = null, Phase = null },
        Result = Result is null
            ? null
            : Result with
            {
                Folder = null,
                Notable = [],
                Sources = [],
                Clashes = [],
                Maintenance = Result.Maintenance is null ? null : Result.Maintenance with { Report = [] },
            },
        Problem = Problem?.For(who),
        Recovered = Recovered,
        Transient = Transient,
        ResticVersion = ResticVersion,
        IssueCount = IssueCount,
        LastSequence = LastSequence,
    };

    /// <summary>Pure. Ignores what it has already seen and whatever comes after the end.</summary>
    /// <returns>Whether a milestone was passed, which has to be written to the database.</returns>
    public bool Apply(RunEvent happened)
    {
        if (HasEnded || (happened.Sequence != 0 && happened.Sequence <= LastSequence))
        {
            return false;
        }

        LastSequence = Math.Max(LastSequence, happened.Sequence);
        switch (happened)
        {
            case RunStarting:
                State = RunState.Starting;
                return false;
            case RunChecked looked:
                Checks = looked.Checks;
                return false;
            case RunStarted started:
                (State, StartedAt, Command, ResticVersion) = (RunState.Running, StartedAt ?? started.At,
                    started.Command, started.ResticVersion);
                return true;
            case RunProgressed progressed:
                Progress = progressed.Progress with
                {
                    Fraction = Equals(progressed.Progress.Phase, Progress.Phase)
                    ? Forward(progressed.Progress.Fraction) : progressed.Progress.Fraction
                };
                return false;
            case RunIssueFound found:
                Note(found.Issue);
                return false;
            case RunFinishing:
                State = RunState.Finishing;
                return false;
            case RunEnded ended:
                End(ended);
                return true;
            default:
                return false;
        }
    }

    // restic's percentage falls while it still counts; a bar that runs backwards frightens people.
    private double? Forward(double? fraction) =>
        fraction is { } now ? Math.Clamp(Math.Max(now, Progress.Fraction ?? 0), 0, 1) : Progress.Fraction;

    // restic reports an unreadable folder twice (scan and archival), and a re-read log repeats everything.
    private void Note(RunIssue issue)
    {
        if (Issues.Count >= MostIssues)
        {
            IssueCount++;
        }
        else if (!Issues.Any(known => known == issue))
        {
            Issues = [.. Issues, issue]; // a new list: pages read the old one meanwhile
            IssueCount++;
        }
    }

    private void End(RunEnded ended)
    {
        (Outcome, EndedAt, StartedAt) = (ended.Outcome, ended.At, StartedAt ?? ended.At);
        (SnapshotId, Result, Problem, Recovered, Transient) = (ended.SnapshotId, ended.Result, ended.Problem,
            ended.Recovered, ended.Transient);
        Progress = Progress with
        {
            CurrentFiles = [],
            SecondsRemaining = null,
            Note = null,
            Phase = null,
            Fraction = ended.Outcome is RunOutcome.Succeeded or RunOutcome.Incomplete ? 1 : Progress.Fraction,
        };
        if (ended is { Outcome: RunOutcome.Succeeded, Result: { FilesTotal: > 0 } all })
        {
            // What is done quickly says no progress on its way.
            Progress = Progress with
            {
                FilesDone = all.FilesTotal,
                FilesTotal = all.FilesTotal,
                BytesDone = all.BytesTotal,
                BytesTotal = all.BytesTotal,
            };
        }

        State = RunState.Ended; // last: whoever reads along sees an end that is whole
    }
}
