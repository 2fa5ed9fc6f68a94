using System.Text.Json.Serialization;
using TimeLocker.Core.Revisions;

namespace TimeLocker.Core.Repositories;

/// <summary>Where restic keeps encrypted snapshots, as TimeLocker knows it. The password is in the vault, never here.</summary>
public sealed class Repository : IRevised
{
    public required Guid Id { get; init; }
    public int Revision { get; init; } = 1;
    [Edited(nameof(Texts.EditedName))]
    public required string Name { get; set; }

    /// <summary>Kind of an <see cref="IRepositoryBackend"/>.</summary>
    public required string Backend { get; init; }

    /// <summary>The backend's values without its secrets.</summary>
    [Edited(nameof(Texts.EditedValues))]
    public required Dictionary<string, string> Values { get; init; }

    /// <summary>The machines that reach it; one of them is its home.</summary>
    [Edited(nameof(Texts.EditedMachines)), JsonIgnore]
    public List<RepositoryReach> Machines { get; init; } = [];

    /// <summary>The machine that looks after it, see <see cref="RepositoryReach.IsHome"/>.</summary>
    public Guid HomeId => Machines.Where(m => m.IsHome).Select(m => m.MachineId).FirstOrDefault();

    public bool IsReachedFrom(Guid machine) => Machines.Any(m => m.MachineId == machine);

    /// <exception cref="ProblemException">of kind Conflict: nobody allowed this machine to use it.</exception>
    public void MustBeReachedFrom(Guid machine, string name)
    {
        if (!IsReachedFrom(machine))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.DoesNotReachMachine(name, Name));
        }
    }

    /// <summary>
    /// Where a copy from another repository into this one is made: on a machine that reaches both. Null: there is none.
    /// </summary>
    public Guid? CopiedOn(Repository source) => Machines.Select(m => m.MachineId).Where(source.IsReachedFrom)
        .OrderByDescending(m => m == HomeId).ThenByDescending(m => m == source.HomeId).ThenBy(m => m)
        .Select(m => (Guid?)m).FirstOrDefault();

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>restic's own repository id, pinned at first contact.</summary>
    public required string ResticId { get; init; }

    /// <summary>Where the storage stands, in the owner's words ("EU, Frankfurt", "office cellar").</summary>
    [Edited(nameof(Texts.EditedRegion))]
    public string Region { get; set; } = "";

    /// <summary>The repository that this one is a further copy of, and when it was last brought up to date.</summary>
    public Guid? CopyOfId { get; init; }
    public DateTimeOffset? CopiedAt { get; set; }

    /// <summary>For a copy: what stays in it. Null: the rules of each plan count here, too.</summary>
    [Edited(nameof(Texts.EditedKeeps))]
    public Retention.CopyRetention? Keeps { get; set; }

    /// <summary>Whether the repository that this is a copy of has snapshots that are not here yet.</summary>
    public bool IsBehind(Repository source) => CopiedAt is { } at ? source.NewestSnapshotAt > at : source.SnapshotCount > 0;

    /// <summary>The server lets nothing be removed.</summary>
    public bool AppendOnly { get; set; }

    /// <exception cref="ProblemException">of kind Conflict: nothing can be removed there.</exception>
    public void MustLetRemove(bool dryRun = false)
    {
        if (AppendOnly && !dryRun)
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.NothingCanRemovedFromDo(Name));
        }
    }

    /// <summary>What every run on it may take of network, disk and processor.</summary>
    [Edited(nameof(Texts.EditedResources))]
    public ResourceRules Resources { get; set; } = ResourceRules.None;

    [StoredAs("Health")]
    public MaintenanceRecord Maintenance { get; set; } = MaintenanceRecord.Unknown;

    /// <summary>Maintenance that happens by itself; all slots up to <see cref="MaintenanceUntil"/> are decided.</summary>
    [Edited(nameof(Texts.EditedMaintenanceSchedules)), StoredAs("Care")]
    public List<MaintenanceSchedule> MaintenanceSchedules { get; set; } = [];

    [StoredAs("CareUntil")]
    public DateTimeOffset MaintenanceUntil { get; set; }

    /// <summary>See <see cref="ResticTarget.PinnedConfig"/>.</summary>
    public string? ConfigHash { get; init; }

    /// <summary>When the recovery kit was proven to open the repository; null: a warning stands.</summary>
    public DateTimeOffset? RecoveryConfirmedAt { get; set; }

    /// <summary>When the list of snapshots was last read from the repository.</summary>
    public DateTimeOffset? RefreshedAt { get; set; }

    public int SnapshotCount { get; set; }
    public DateTimeOffset? NewestSnapshotAt { get; set; }

    /// <summary>Bytes on the disk of the repository, where known (local folders), and bytes free there.</summary>
    public long? StoredBytes { get; set; }
    public long? FreeBytes { get; set; }

    /// <summary>Why it could not be read last time, or null.</summary>
    public Problem? Trouble { get; set; }
}
