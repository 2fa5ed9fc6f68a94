using TimeLocker.Core.Plans;

namespace TimeLocker.Server.Plans;

/// <summary>
/// Decides the slots of plans that something outside of TimeLocker starts (<see cref="BackupPlan.Timer"/>). Asked by
/// <see cref="DuePlans"/>, which decides all others.
/// </summary>
public interface IExternalStarter
{
    /// <summary>When the next slot of this plan has to be decided; null: nothing is expected.</summary>
    DateTimeOffset? Next(BackupPlan plan);

    /// <summary>Decides what is due up to now, as <see cref="SlotDesk"/> does it for the others.</summary>
    Task DecideAsync(BackupPlan plan, DateTimeOffset now, CancellationToken ct);
}
