using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Plans;

/// <summary>The plans: what is saved, from where, to where.</summary>
public sealed partial class PlanCatalog(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, AgentRegistry agents,
    IEnumerable<IEventTrigger> events, TimeProvider clock)
{
    /// <summary>A plan came, changed or went: something else may be due now. Raised after it is written.</summary>
    public event Action? Changed;

    internal void TellChanged() => Changed?.Invoke();

    public async Task<IReadOnlyList<BackupPlan>> ListAsync(CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await PlanDisks.NoteAsync(db,
            await db.Plans.AsNoTracking().Where(p => p.ArchivedAt == null).OrderBy(p => p.Name).ToListAsync(ct), ct);
    }

    /// <summary>The first few whose name has this in it.</summary>
    public async Task<IReadOnlyList<BackupPlan>> FindAsync(string part, int limit, CancellationToken ct = default)
    {
        var pattern = NamePattern.Of(part);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Plans.AsNoTracking()
            .Where(p => p.ArchivedAt == null && EF.Functions.Like(p.Name, pattern, NamePattern.Escape))
            .OrderBy(p => p.Name).Take(limit).ToListAsync(ct);
    }

    public async Task<BackupPlan> GetAsync(Guid id, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) is { } plan
            ? (await PlanDisks.NoteAsync(db, [plan], ct))[0]
            : throw Unknown();
    }

    /// <summary>The last days of these plans, oldest first; a day without a run has no row.</summary>
    public async Task<ILookup<Guid, PlanDay>> DayHistoryAsync(IEnumerable<Guid> plans, int days, CancellationToken ct = default)
    {
        var wanted = plans.ToArray();
        await using var db = await databases.CreateDbContextAsync(ct);
        var machines = await db.Plans.Where(p => wanted.Contains(p.Id)).Select(p => new { p.Id, p.MachineId })
            .ToDictionaryAsync(p => p.Id, p => p.MachineId, ct);
        var from = machines.ToDictionary(p => p.Key, p => agents.DayOf(p.Value, clock.GetUtcNow()).AddDays(1 - days));
        var first = from.Values.DefaultIfEmpty().Min();
        var rows = await db.PlanDays.AsNoTracking().Where(d => wanted.Contains(d.PlanId) && d.Day >= first)
            .OrderBy(d => d.Day).ToListAsync(ct);
        return rows.Where(d => d.Day >= from[d.PlanId]).ToLookup(d => d.PlanId);
    }

    public Task<BackupPlan> CreateAsync(NewPlan wanted, Actor who, CancellationToken ct = default) =>
        CreateAsync(wanted, null, who, ct);

    /// <param name="paused">Nothing begins by itself before; it may be one of <see cref="PauseEnd"/>.</param>
    internal async Task<BackupPlan> CreateAsync(NewPlan wanted, DateTimeOffset? paused, Actor who, CancellationToken ct)
    {
        who.MustBe(Role.Operator);
        await RefuseAsync(await MachineAsync(wanted, null, ct), wanted.Sources, [], ct);
        var known = await EventsAsync(wanted, null, ct);
        return await ToldAsync(audit.ChangeAsync(who, "plan.created", async (db, note) =>
        {
            var repository = await db.Repositories.AsNoTracking().SingleOrDefaultAsync(r => r.Id == wanted.RepositoryId,
                ct) ?? throw ProblemException.NotFound(Texts.Repository, Texts.ChooseOneListOr);
            var plan = new BackupPlan
            {
                Id = Guid.CreateVersion7(clock.GetUtcNow()),
                Name = "",
                MachineId = wanted.MachineId ?? repository.HomeId,
                RepositoryId = repository.Id,
                Sources = [],
                CreatedAt = clock.GetUtcNow(),
                ScheduledUntil = clock.GetUtcNow(),
                PausedUntil = paused,
            };
            var machine = await agents.GetAsync(plan.MachineId, ct); // it may be away, but not unknown
            repository.MustBeReachedFrom(machine.Id, machine.Name);
            await FillAsync(db, plan, wanted, known, who, ct);
            db.Plans.Add(plan);
            note.About("plan", plan.Id, new { repository = plan.RepositoryId, machine = plan.MachineId });
            return plan;
        }, ct));
    }

    /// <summary>Everything but the repository and the machine, which a plan keeps for its life.</summary>
    public async Task<BackupPlan> UpdateAsync(Guid id, NewPlan wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var before = await GetAsync(id, ct);
        await RefuseAsync(before.MachineId, wanted.Sources, before.Sources, ct);
        var known = await EventsAsync(wanted, id, ct);
        return await ToldAsync(audit.ChangeAsync(who, "plan.changed", async (db, note) =>
        {
            var plan = await FindAsync(db, id, ct);
            if (wanted.RepositoryId != Guid.Empty && wanted.RepositoryId != plan.RepositoryId)
            {
                throw ProblemException.Invalid(Problems.PlanCannotMoveAnother);
            }

            await FillAsync(db, plan, wanted, known, who, ct);
            if (UnreadableColumns.In(plan))
            {
                db.Plans.Update(plan); // also where what stands for the damage is wanted as it is
            }

            Seen(plan);
            note.About("plan", plan.Id);
            return plan;
        }, ct));
    }

    public Task<BackupPlan> ChangeHooksAsync(Guid id, IReadOnlyList<Hook> hooks, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return ToldAsync(audit.ChangeAsync(who, "plan.changed", async (db, note) =>
        {
            var plan = await FindAsync(db, id, ct);
            plan.Options = plan.Options with { Hooks = HookRules.Hooks(hooks) };
            note.About("plan", plan.Id);
            return plan;
        }, ct));
    }

    /// <summary>Takes it out of use. Its runs and snapshots stay.</summary>
    public Task ArchiveAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return ToldAsync(audit.ChangeAsync(who, "plan.archived", async (db, note) =>
        {
            var plan = await FindAsync(db, id, ct);
            plan.ArchivedAt = clock.GetUtcNow();
            note.About("plan", id);
            return plan;
        }, ct));
    }

    private async Task<BackupPlan> ToldAsync(Task<BackupPlan> change)
    {
        var plan = await change;
        TellChanged();
        return plan;
    }

    private async Task FillAsync(TimeLockerDb db, BackupPlan plan, NewPlan wanted, IReadOnlyList<IExtension> known,
        Actor who, CancellationToken ct)
    {
        plan.Name = Label.Checked("plan", wanted.Name);
        plan.Sources = wanted.Options.Command is null ? PlanRules.Sources(wanted.Sources) : [];
        plan.Options = PlanRules.Options(wanted.Options, wanted.Sources);
        Schedule(plan, wanted.Schedules, wanted.Options.Windows, wanted.TargetHours);
        plan.Triggers = await PlanEvents.CheckedAsync(db, plan, wanted.Triggers, known, ct);
        await PlanRetention.SetAsync(db, plan, wanted.Retention, wanted.PolicyId, who, ct);
        if (await db.Plans.AnyAsync(p => p.Name == plan.Name && p.Id != plan.Id && p.ArchivedAt == null, ct))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.AlreadyPlanNamesDiffer(plan.Name));
        }
    }

    private static async Task<BackupPlan> FindAsync(TimeLockerDb db, Guid id, CancellationToken ct) =>
        await db.Plans.SingleOrDefaultAsync(p => p.Id == id && p.ArchivedAt == null, ct) ?? throw Unknown();

    private static ProblemException Unknown() => ProblemException.NotFound(Texts.Plan, Texts.SeeListPlans);
}
