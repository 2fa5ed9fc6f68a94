using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Agents;

public sealed partial class AgentRegistry
{
    private readonly ConcurrentDictionary<Guid, TimeZoneInfo> zones = new();

    /// <summary>
    /// The time zone of a machine, and so of its plans. The system's for this one, and for those that have not told
    /// theirs.
    /// </summary>
    public TimeZoneInfo ZoneOf(Guid machine) =>
        machine != LocalId && zones.TryGetValue(machine, out var zone) ? zone : clock.LocalTimeZone;

    public DateTime LocalTime(Guid machine, DateTimeOffset at) => ZoneTime.Local(at, ZoneOf(machine));

    /// <summary>On which day something is there.</summary>
    public DateOnly DayOf(Guid machine, DateTimeOffset at) => DateOnly.FromDateTime(LocalTime(machine, at));

    private async Task LearnZonesAsync(TimeLockerDb db, CancellationToken ct)
    {
        foreach (var machine in await db.Machines.Select(m => new { m.Id, m.Zone }).ToListAsync(ct))
        {
            Learn(machine.Id, machine.Zone);
        }
    }

    private void Learn(Guid machine, string? zone)
    {
        if (zone is { Length: > 0 } name)
        {
            zones[machine] = ZoneTime.Zone(name);
        }
    }
}
