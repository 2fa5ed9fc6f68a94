using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Runs;

/// <summary>Rows of runs that are about a repository.</summary>
public static class RepositoryRun
{
    /// <param name="title">For people; null: what it does and where, "Check of NAS".</param>
    /// <param name="machine">Null: the repository's home.</param>
    public static Run Of(RunRequest request, Repository place, Actor who, DateTimeOffset now,
        Text? title = null, Guid? plan = null, RunSlot? slot = null, RunCause? cause = null, Guid? id = null, Guid? machine = null)
    {
        var kind = RunKinds.Of(request);
        return new()
        {
            Id = id ?? Guid.CreateVersion7(now),
            Kind = kind.Kind,
            Cause = slot?.Cause ?? cause ?? CauseOf(who),
            PlanId = plan,
            Slot = slot?.At,
            NotBefore = slot?.NotBefore,
            RepositoryId = place.Id,
            MachineId = machine ?? place.HomeId,
            Title = title ?? Texts.KindOfPlace(kind.Title, place.Name),
            RequestedBy = who.Id,
            Request = request,
            QueuedAt = now,
        };
    }

    /// <summary>Where nothing else says why it began.</summary>
    public static RunCause CauseOf(Actor who) => who.Via switch
    {
        Via.Ui => RunCause.Person,
        Via.System => RunCause.Schedule,
        _ => RunCause.Api,
    };

    /// <summary>What a run for a slot of its maintenance is asked to do.</summary>
    public static RunRequest RequestOf(MaintenanceSchedule schedule, Repository place) => schedule.Kind switch
    {
        RunKind.Check => new CheckRequest(schedule.Depth, schedule.Depth == CheckDepth.Part ? place.Maintenance.Coverage.Next : 0),
        RunKind.Prune => new PruneRequest(schedule.MaxUnused, schedule.MaxRepackMiB, false),
        RunKind.Copy => new CopyRequest(place.Id),
        _ => new StatsRequest(),
    };
}
