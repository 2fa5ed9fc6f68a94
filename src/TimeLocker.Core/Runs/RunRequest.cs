using TimeLocker.Core.Repositories;

namespace TimeLocker.Core.Runs;

/// <summary>
/// What somebody asked for, stored with the run before anything starts. Everything that differs between the kinds of
/// runs is answered here; each kind is a file in <c>Kinds</c> and a line in <see cref="RunKinds"/>. Methods, not
/// properties: the settings alone are stored.
/// </summary>
public abstract record RunRequest
{
    /// <summary>What it does, for people: "Check of all data".</summary>
    public virtual Text Name() => RunKinds.Of(this).Title;

    /// <summary>It says what would be done, and does nothing.</summary>
    public virtual bool IsDryRun() => false;

    /// <summary>The least role that may ask for it.</summary>
    public virtual Role MinimumRole() => Role.Operator;

    /// <summary>Which repositories it uses, and how.</summary>
    /// <param name="repository">The run's own.</param>
    public virtual IReadOnlyList<RepositoryUse> Uses(Guid repository) => [new(repository, LockMode.Read)];

    /// <summary>It waits for no machine that is busy: it is over in a moment, or somebody waits for it.</summary>
    public virtual bool IsUrgent() => false;

    /// <summary>Afterwards the list of snapshots is another one.</summary>
    public virtual bool ChangesSnapshots() => false;

    /// <summary>It counts files and bytes on its way; the others have phases.</summary>
    public virtual bool CountsFiles() => false;

    /// <summary>People are told when it fails.</summary>
    public virtual bool FailureMatters() => true;

    /// <summary>Whether one takes about as long as the other, given the same kind.</summary>
    public virtual bool IsLike(RunRequest other) => true;

    /// <summary>For people who may not see names of files.</summary>
    public virtual RunRequest WithoutNames() => this;

    /// <summary>What its machine is told; null where that is only known at its turn and is worked out by the server.</summary>
    public virtual RunSpec? Spec(Guid run, ResticTarget target) => null;

    /// <summary>What is known of the repository's maintenance once it has come to its own end, good or bad. Pure.</summary>
    public virtual MaintenanceRecord After(MaintenanceRecord maintenance, Run run, MaintenanceMark mark) => maintenance;

    /// <summary>The same once it was cancelled or interrupted: it has looked at nothing to its end.</summary>
    public virtual MaintenanceRecord AfterStop(MaintenanceRecord maintenance, Run run, MaintenanceMark mark) => maintenance;

    /// <summary>The figures of its result.</summary>
    public virtual IReadOnlyList<Figure> Figures(RunResult result) => [];

    /// <summary>Files and bytes that it read or wrote; null: it counts none.</summary>
    public virtual (long Files, long Bytes)? Moved(RunResult result) => null;

    /// <summary>What the snapshots are that its result names.</summary>
    public virtual Text SnapshotsTitle() => Texts.SnapshotsConcerned;
}

/// <summary>What a damaged row reads as; never written, never begun.</summary>
public sealed record UnreadableRequest : RunRequest;
