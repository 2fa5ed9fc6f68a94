using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Api;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Plans;

public static class PlanOperations
{
    /// <summary>Until when the plan rests; without a moment: until it is resumed.</summary>
    public sealed record NewPause(DateTimeOffset? Until = null);

    /// <summary>When a plan runs, as a whole.</summary>
    public sealed record NewWhen(IReadOnlyList<Schedule> Schedules)
    {
        public PlanWindows? Windows { get; init; }
        public int? TargetHours { get; init; }

        /// <summary>The one that this was made from. 0: it takes the place of whatever is there.</summary>
        public int? Revision { get; init; }
    }

    private const int MostUpcoming = 100;

    public static void Map(OperationMap map)
    {
        map.Get("plans.list", "/plans", Role.Viewer, "All plans in use.",
            async (PlanCatalog plans, CancellationToken ct) => new Page<BackupPlan>(await plans.ListAsync(ct), null));
        map.Get("plans.presets", "/plans/presets", Role.Viewer, "The exclude presets and their patterns.",
            () => new Page<ExcludePreset>(ExcludePreset.All, null));
        map.Post("plans.create", "/plans", Role.Operator, "Makes a plan.",
            (PlanCatalog plans, NewPlan plan, Actor who, CancellationToken ct) => plans.CreateAsync(plan, who, ct), 201);
        map.Get("plans.get", "/plans/{id}", Role.Viewer, "One plan.",
            (PlanCatalog plans, Guid id, CancellationToken ct) => plans.GetAsync(id, ct));
        map.Put("plans.update", "/plans/{id}", Role.Operator,
            "Changes a plan; takes it as a whole, with the revision that it was made from.",
            (PlanCatalog plans, Guid id, NewPlan plan, Actor who, CancellationToken ct) =>
                plans.UpdateAsync(id, plan, who.MustHaveSeen(Role.Operator, plan.Revision), ct));
        map.Delete("plans.archive", "/plans/{id}", Role.Operator, "Takes a plan out of use; its snapshots stay.",
            (PlanCatalog plans, Guid id, int? revision, Actor who, CancellationToken ct) => plans.ArchiveAsync(id,
                who.Having(revision), ct));
        map.Post("plans.run", "/plans/{id}/runs", Role.Operator, "Backs up now: incremental, full, partial (paths) or dryRun.",
            (BackupRuns runs, Guid id, NewRun run, Actor who, CancellationToken ct) => runs.StartAsync(id, run, who, ct), 201);
        map.Put("plans.schedule", "/plans/{id}/schedule", Role.Operator,
            "Sets when a plan runs by itself; hours and target age stay if they are left out. Takes the schedules "
                + "as a whole, with the revision that they were made from.",
            (PlanCatalog plans, Guid id, NewWhen wanted, Actor who, CancellationToken ct) =>
                plans.ScheduleAsync(id, wanted.Schedules, wanted.Windows, wanted.TargetHours,
                    who.MustHaveSeen(Role.Operator, wanted.Revision),
                    ct));
        map.Post("plans.pause", "/plans/{id}/pause", Role.Operator,
            "Lets a plan begin nothing by itself until a moment, or until it is resumed.",
            (PlanCatalog plans, Guid id, NewPause? pause, Actor who, CancellationToken ct) => plans.PauseAsync(id,
                pause?.Until, who, ct));
        map.Post("plans.resume", "/plans/{id}/resume", Role.Operator, "Ends the pause of a plan.",
            (PlanCatalog plans, Guid id, Actor who, CancellationToken ct) => plans.ResumeAsync(id, who, ct));
        map.Get("plans.upcoming", "/plans/{id}/upcoming", Role.Viewer,
            "The next moments at which a plan will begin by itself (count, usually 5), random delays left out.",
            async (PlanCatalog plans, DuePlans due, Guid id, int? count,
                CancellationToken ct) => new Page<DateTimeOffset>(due.Upcoming(await plans.GetAsync(id, ct),
                    Math.Clamp(count ?? 5, 1, MostUpcoming)), null));
    }
}
