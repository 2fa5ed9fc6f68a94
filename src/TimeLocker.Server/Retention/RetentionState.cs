using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;
using TimeLocker.Server.Plans;

namespace TimeLocker.Server.Retention;

/// <summary>All that has to be known of a plan to say what goes: read at once, then decided without the database.</summary>
internal sealed record RetentionState(BackupPlan Plan, Repository Place, RetentionPolicy? Policy, string? PolicyName,
    IReadOnlyList<Snapshot> Snapshots, ILookup<string, Pin> Pins, Pin? PlanPin,
    IReadOnlyDictionary<string, PendingRemoval> Pending, string? NewestGood, DateTimeOffset Now)
{
    /// <summary>So many at once and more than half of all: a person has to want it.</summary>
    public const int ManyAtOnce = 10;

    private const int Looked = 20;

    /// <summary>
    /// Of the plan's last backup of all sources that made a snapshot: one of some of them says nothing of the others.
    /// </summary>
    public RunResult? Last { get; init; }

    /// <summary>That of the plan's next snapshot: where its sources lead, as far as that was seen.</summary>
    public string Series =>
        string.Join('\0',
            Plan.Sources.Select(source => Last?.Sources.FirstOrDefault(found => found.Path == source)?.Saved ?? source)
                .Order(StringComparer.Ordinal));

    /// <summary>For a copy: what it is a copy of.</summary>
    public Repository? Original { get; init; }

    /// <summary>There are pins of which nobody knows what they protect.</summary>
    public bool HasLostPins { get; init; }

    public static string Key(Snapshot snapshot) => snapshot.Original ?? snapshot.Id;

    /// <param name="copy">The plan's snapshots in this copy of its repository; null (or the repository itself): in the
    /// repository.</param>
    /// <returns>Null: there is no such plan, or it has no such copy.</returns>
    public static async Task<RetentionState?> ReadAsync(TimeLockerDb db, Guid planId, DateTimeOffset now,
        Guid? copy = null, CancellationToken ct = default)
    {
        if (await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == planId, ct) is not { } plan)
        {
            return null;
        }

        var original = await db.Repositories.AsNoTracking().SingleOrDefaultAsync(r => r.Id == plan.RepositoryId, ct)
            ?? throw new ProblemException(ProblemKind.Failed, Problems.RepositoryCannotFoundTimelockers(plan.Name));
        var place = copy is null || copy == original.Id ? original
            : await db.Repositories.AsNoTracking().SingleOrDefaultAsync(r => r.Id == copy && r.CopyOfId == original.Id,
                ct);
        if (place is null)
        {
            return null;
        }

        var host = await db.Machines.Where(m => m.Id == plan.MachineId).Select(m => m.Host).SingleOrDefaultAsync(ct);
        var all = await db.Snapshots.AsNoTracking()
            .Where(s => s.RepositoryId == place.Id && s.PlanId == planId && s.Host == host).ToListAsync(ct);
        var pins = await db.Pins.AsNoTracking()
            .Where(p => (p.RepositoryId == place.Id || p.RepositoryId == original.Id)
                && (p.LegalHold || p.ExpiresAt == null || p.ExpiresAt > now)).ToListAsync(ct);
        var pending = await db.PendingRemovals.AsNoTracking()
            .Where(p => p.RepositoryId == place.Id && p.PlanId == planId).ToDictionaryAsync(p => p.Snapshot, ct);
        var (policy, name) = await CopyPolicies.OfAsync(db, plan, place, ct);
        return new(plan, place, policy, name, [.. all.OrderByDescending(s => s.Time)],
            pins.Where(p => p.Snapshot is not null).ToLookup(p => p.Snapshot!),
            pins.FirstOrDefault(p => p.Snapshot is null && p.PlanId == planId), pending,
            await NewestGoodAsync(db, planId, all, now, ct), now)
        {
            Original = place == original ? null : original,
            HasLostPins =
                await db.Pins.AnyAsync(p => !db.Repositories.Any(r => r.Id == p.RepositoryId)
                    || (p.Snapshot == null && !db.Plans.Any(one => one.Id == p.PlanId)), ct),
            Last = (await db.Runs.AsNoTracking()
                .Where(r => r.PlanId == planId && r.Kind == RunKind.Backup && r.SnapshotId != null).NewestFirst()
                .Select(r => new { r.Request, r.Result }).Take(Looked).ToListAsync(ct))
                .FirstOrDefault(r => r.Request is not BackupRequest { Paths.Count: > 0 })?.Result,
        };
    }

    /// <summary>As if these were there, too.</summary>
    public async Task<RetentionState> WithAsync(TimeLockerDb db, IEnumerable<Snapshot> more, CancellationToken ct)
    {
        List<Snapshot> all = [.. Snapshots.Concat(more).OrderByDescending(s => s.Time)];
        return this with { Snapshots = all, NewestGood = await NewestGoodAsync(db, Plan.Id, all, Now, ct) };
    }

    /// <summary>Why nothing may be marked or removed now.</summary>
    public Problem? Blocked(IClockTrust trust) =>
        Place.AppendOnly ? Problems.NothingRemovedFromServer(Place.Name)
        : Policy is { IsEmpty: true } ? Problems.NothingPlanRemovedRules
        : HasLostPins ? Problems.NothingPlanRemovedWhat
        : Plan.ArchivedAt is not null ? Problems.NothingPlanRemovedArchived
        : trust.Doubt is { } wrong ? wrong
        : Original?.Maintenance.Damage is not null ? Problems.NothingRemovedFromNow(Place.Name, Original.Name)
        : Plan.OpenAnomalies > 0 ? Problems.NothingPlanRemovedNow
        : Plan.LastOutcome is RunOutcome.Failed or RunOutcome.Interrupted ? Problems.NothingPlanRemovedNowMake
        : Last is { Shrunk: true } ? Problems.NothingPlanRemovedNowMakeNextSucceed
        : null;

    /// <summary>
    /// The fate of each snapshot, newest first. Nobody can set rules that keep nothing: such are what is left of
    /// damaged ones, and remove nothing.
    /// </summary>
    public IReadOnlyList<SnapshotDecision> Decide(RetentionPolicy? policy)
    {
        var fates = policy is null or { IsEmpty: true }
            ? [.. Snapshots.Select(s => new RetentionDecision<Snapshot>(s, ["everything stays"]))]
            : RetentionRules.Apply(policy, Snapshots.Select(AsKept), Now);
        // one of two with the same history stays: so does the other
        var kept = fates.Where(f => f.Stays).Select(f => Key(f.Item)).ToHashSet();
        return [.. fates.Select(f => Of(f, policy, kept))];
    }

    /// <summary>Those that a policy does not keep and nothing protects.</summary>
    public IReadOnlyList<SnapshotDecision> Going => [.. Decide(Policy).Where(f => f.Reasons.Count == 0)];

    public bool AsksFirst(IReadOnlyCollection<SnapshotDecision> going) =>
        going.Count(f => f.PendingSince is null) is var fresh && fresh > ManyAtOnce && fresh * 2 > Snapshots.Count;

    public IEnumerable<Text> Warnings()
    {
        var future = Snapshots.Count(s => s.Time > Now);
        return future == 0 ? [] : [Texts.DatedInFuture(future)];
    }

    /// <summary>As restic groups by default: by machine (here always the same) and folders.</summary>
    public static Kept<Snapshot> AsKept(Snapshot s) =>
        new(s, s.Time, s.Tags, string.Join('\0', s.Paths.Order(StringComparer.Ordinal)));

    private SnapshotDecision Of(RetentionDecision<Snapshot> fate, RetentionPolicy? policy, HashSet<string> kept)
    {
        var (s, key) = (fate.Item, Key(fate.Item));
        var pin = PlanPin ?? Pins[key].OrderByDescending(p => p.LegalHold).FirstOrDefault();
        var pending = Pending.GetValueOrDefault(key);
        IReadOnlyList<string> protects =
            [
                .. pin is null ? [] : (string[])[pin.LegalHold ? $"legal hold: {pin.Reason}" : $"pinned: {pin.Reason}"],
                .. s.Id == NewestGood && !fate.Stays ? (string[])["newest good backup"] : [],
                .. !fate.Stays && kept.Contains(key) ? (string[])["same history as one that stays"] : [],
                .. !fate.Stays && s.Time > Now ? (string[])["dated in the future"] : [],
                .. !fate.Stays && UnreadableColumns.In(s) ? (string[])["damaged in TimeLocker's database"] : [],
            ];
        IReadOnlyList<string> reasons = [.. fate.Reasons, .. protects];
        var goes = reasons.Count == 0;
        return new(s.Id, key, s.Time, [.. s.Tags.Where(t => !OwnTags.IsMark(t))], reasons,
            goes ? pending?.MarkedAt : null, goes ? pending?.RemoveAfter ?? Now.AddDays(policy!.PendingDays) : null,
            pin is not null)
        { Bytes = s.Bytes, RunId = goes ? pending?.RunId : null };
    }

    // Good is what its run called so; of a snapshot without a known run nothing bad is known.
    private static async Task<string?> NewestGoodAsync(TimeLockerDb db, Guid plan, List<Snapshot> all,
        DateTimeOffset now, CancellationToken ct)
    {
        var partly =
            await db.Runs.Where(r => r.PlanId == plan && r.Kind == RunKind.Backup && r.Outcome != null
                && r.Outcome != RunOutcome.Succeeded).Select(r => r.Id).ToListAsync(ct);
        var bad = partly.ToHashSet();
        var past = all.Where(s => s.Time <= now).OrderByDescending(s => s.Time).ToList();
        return (past.FirstOrDefault(s => s.RunId is not { } run || !bad.Contains(run)) ?? past.FirstOrDefault())?.Id;
    }
}
