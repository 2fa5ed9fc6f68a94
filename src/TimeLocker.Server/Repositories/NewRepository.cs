using TimeLocker.Core.Repositories;
using TimeLocker.Core.Repositories.Backends;

namespace TimeLocker.Server.Repositories;

/// <summary>A repository to be created or adopted.</summary>
public sealed record NewRepository
{
    public string? Name { get; init; }
    public string Backend { get; init; } = LocalBackend.Name;
    public Dictionary<string, string> Values { get; init; } = [];

    /// <summary>Null for a new one: TimeLocker generates it.</summary>
    public string? Password { get; init; }

    /// <summary>True: make a new one, and refuse if there is one. False: adopt what is there.</summary>
    public bool Create { get; init; }
    public Guid? MachineId { get; init; }

    /// <summary>
    /// Makes it a further copy of this repository, which is cut in the same pieces, so that nothing is stored twice.
    /// </summary>
    public Guid? CopyOf { get; init; }

    /// <summary>See <see cref="Core.Repositories.Repository.Region"/>.</summary>
    public string Region { get; init; } = "";

    /// <summary>What happens to it by itself; null: the usual.</summary>
    public IReadOnlyList<MaintenanceSchedule>? MaintenanceSchedules { get; init; }
}
