using System.Text.Json.Serialization;

namespace TimeLocker.Core.Runs;

/// <summary>
/// Something that happened to a run, in the order of <see cref="Sequence"/>. The only input of <see cref="Run.Apply"/>.
/// </summary>
[JsonDerivedType(typeof(RunStarting), "starting")]
[JsonDerivedType(typeof(RunChecked), "checked")]
[JsonDerivedType(typeof(RunStarted), "started")]
[JsonDerivedType(typeof(RunProgressed), "progress")]
[JsonDerivedType(typeof(RunIssueFound), "issue")]
[JsonDerivedType(typeof(RunFinishing), "finishing")]
[JsonDerivedType(typeof(RunEnded), "ended")]
public abstract record RunEvent
{
    public long Sequence { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>The run has its turn and was handed to its machine.</summary>
public sealed record RunStarting : RunEvent;

/// <summary>What was looked at before restic is started; a failed check is followed by the end.</summary>
public sealed record RunChecked(IReadOnlyList<RunCheck> Checks) : RunEvent;

/// <summary>The checks passed and restic runs.</summary>
/// <param name="Command">restic's command line for people, without secrets.</param>
public sealed record RunStarted(string Command, string ResticVersion) : RunEvent;

public sealed record RunProgressed(RunProgress Progress) : RunEvent;

public sealed record RunIssueFound(RunIssue Issue) : RunEvent;

/// <summary>restic has said its summary; the result is being confirmed.</summary>
public sealed record RunFinishing : RunEvent;

/// <summary>The last event of every run. A problem goes with every outcome but Succeeded.</summary>
public sealed record RunEnded(RunOutcome Outcome, string? SnapshotId, RunResult? Result, Problem? Problem) : RunEvent
{
    /// <summary>Found finished after a restart of TimeLocker or its machine.</summary>
    public bool Recovered { get; init; }

    /// <summary>The cause may pass by itself (network, lock): another try makes sense.</summary>
    public bool Transient { get; init; }
}
