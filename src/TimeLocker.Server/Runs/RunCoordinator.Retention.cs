using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Server.Runs;

/// <summary>Tags to add, take away or set.</summary>
public sealed record NewTags
{
    /// <summary>Ids, or their unambiguous beginnings.</summary>
    public IReadOnlyList<string> Snapshots { get; init; } = [];
    public IReadOnlyList<string> Add { get; init; } = [];
    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>Instead of the other two: these tags and no others, apart from TimeLocker's own. Empty: none.</summary>
    public IReadOnlyList<string>? Set { get; init; }
}

/// <summary>Runs that remove snapshots or change their tags. Which may go is decided in the room Retention.</summary>
public sealed partial class RunCoordinator
{
    /// <summary>A command line holds about so many ids.</summary>
    public const int MostAtOnce = 1000;

    /// <param name="snapshots">Full ids.</param>
    /// <param name="id">The id that the run gets, where it was written down before.</param>
    /// <param name="copy">Out of this copy of the plan's repository; null: out of the repository itself.</param>
    public async Task<Run> StartForgetAsync(Guid planId, IReadOnlyList<string> snapshots, Actor who, Guid? id = null, Guid? copy = null, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await using var db = await databases.CreateDbContextAsync(ct);
        var plan = await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == planId, ct) ?? throw ProblemException.NotFound("plan", "See the list of plans.");
        var place = Removable(await repositories.GetAsync(copy ?? plan.RepositoryId, ct), dryRun: false);
        var known = await db.Snapshots.Where(s => s.RepositoryId == place.Id && s.PlanId == planId && snapshots.Contains(s.Id)).Select(s => s.Original ?? s.Id).ToListAsync(ct);
        return known.Count == 0 || known.Count != snapshots.Count || known.Count > MostAtOnce
            ? throw new ProblemException(ProblemKind.Conflict, "These snapshots cannot be removed together.", $"{known.Count} of {snapshots.Count} belong to “{plan.Name}”; at most {MostAtOnce} go at once.", "Look at the plan's snapshots again.")
            : await QueueAsync(NewSnapshotRun(id, RunKind.Forget, $"{Count(known.Count)} of {plan.Name}{(place.Id == plan.RepositoryId ? "" : $" in {place.Name}")}", place, plan.Id, new ForgetRequest(known, false), who), who, ct);
    }

    /// <summary>Changes the tags of snapshots. Each gets a new id; its history follows <c>original</c>.</summary>
    public Task<Run> StartTagAsync(Guid repository, NewTags wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (wanted.Set is not null && wanted.Add.Count + wanted.Remove.Count > 0)
        {
            throw ProblemException.Invalid("No tags can be changed.", "To set tags replaces all; that leaves nothing to add or to remove.", "Give “set” alone, or “add” and “remove”.");
        }

        if (wanted.Add.Concat(wanted.Remove).Concat(wanted.Set ?? []).Any(t => t.Trim() == OwnTags.Pin))
        {
            throw ProblemException.Invalid($"The tag “{OwnTags.Pin}” cannot be changed by hand.", "TimeLocker keeps it for pins.", "Pin the snapshot, or take its pin away.");
        }

        if (wanted.Add.Intersect(wanted.Remove).FirstOrDefault() is { } both)
        {
            throw ProblemException.Invalid($"The tag “{both}” is to be added and removed.", "It stands in both lists.", "Take it out of one of them.");
        }

        return TagAsync(repository, wanted with { Add = PlanRules.Tags(wanted.Add), Remove = PlanRules.Tags(wanted.Remove), Set = wanted.Set is { } set ? PlanRules.Tags(set) : null }, who, ct);
    }

    /// <summary>Writes a pin's tag, or takes it away.</summary>
    public Task<Run> StartPinTagAsync(Guid repository, IReadOnlyList<string> snapshots, bool pinned, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return TagAsync(repository, new() { Snapshots = snapshots, Add = pinned ? [OwnTags.Pin] : [], Remove = pinned ? [] : [OwnTags.Pin] }, who, ct);
    }

    private async Task<Run> TagAsync(Guid repository, NewTags wanted, Actor who, CancellationToken ct)
    {
        var place = Removable(await repositories.GetAsync(repository, ct), dryRun: false);
        var empty = wanted.Add.Count + wanted.Remove.Count == 0 && wanted.Set is null;
        if (empty || wanted.Snapshots.Count is 0 or > MostAtOnce || wanted.Snapshots.Any(s => s.Length < 4))
        {
            throw ProblemException.Invalid("No tags can be changed.", empty ? "No tag was given." : $"Between one and {MostAtOnce} snapshots can be changed at once, each by at least four digits of its id.", "Give snapshots, and tags to add or to remove.");
        }

        List<string> ids = [], others = [];
        Guid? plan = null;
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var begin in wanted.Snapshots.Distinct())
        {
            // An id from before somebody changed the tags still means the snapshot; and what it was first stays true until the run's turn.
            var found = await db.Snapshots.AsNoTracking().Where(s => s.RepositoryId == repository && (s.Id.StartsWith(begin) || s.Original!.StartsWith(begin))).Take(2).ToListAsync(ct);
            ids.Add(found is [var one] ? one.Original ?? one.Id : throw new ProblemException(ProblemKind.NotFound, found.Count == 0 ? $"There is no snapshot “{begin}”." : $"“{begin}” is the beginning of several snapshots.", "The list of the repository decides.", "See the list of snapshots."));
            plan ??= found[0].PlanId;
            others.AddRange(found[0].Tags.Where(OwnTags.IsPeoples));
        }

        if (wanted.Set is { } all)
        {
            wanted = wanted with { Add = all, Remove = [.. others.Distinct().Except(all)] }; // restic adds what is not there, and removes what is
        }

        if (wanted.Add.Count + wanted.Remove.Count == 0)
        {
            throw new ProblemException(ProblemKind.Conflict, "There is nothing to change.", "The snapshots have no tags already.", "Nothing.");
        }

        return await QueueAsync(NewSnapshotRun(null, RunKind.Tag, $"{Count(ids.Count)} in {place.Name}", place, plan, new TagRequest([.. ids.Distinct()], wanted.Add, wanted.Remove), who), who, ct);
    }

    private Run NewSnapshotRun(Guid? id, RunKind kind, string title, Repository place, Guid? plan, RunRequest request, Actor who) => new()
    {
        Id = id ?? Guid.CreateVersion7(clock.GetUtcNow()),
        Kind = kind,
        Cause = who.Via switch { Via.Ui => RunCause.Person, Via.System => RunCause.Schedule, _ => RunCause.Api },
        PlanId = plan,
        RepositoryId = place.Id,
        MachineId = place.MachineId,
        Title = title,
        RequestedBy = who.Id,
        Request = request,
        QueuedAt = clock.GetUtcNow(),
    };

    private static string Count(int snapshots) => $"{snapshots} {(snapshots == 1 ? "snapshot" : "snapshots")}";

    // A tag changes an id between the moment at which a run is queued and its turn: the run goes by what the id was first.
    private async Task<IReadOnlyList<string>> NowCalledAsync(Run run, IReadOnlyList<string> ids, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var original = await db.Repositories.Where(r => r.Id == run.RepositoryId).Select(r => r.CopyOfId).SingleAsync(ct); // its pins hold in its copies, too
        if (run.Request is ForgetRequest)
        {
            clockWatch.MustBeTrusted(); // it may have jumped while the run waited
            if (await db.Pins.AnyAsync(p => (p.RepositoryId == run.RepositoryId || p.RepositoryId == original) && p.Snapshot == null && p.PlanId == run.PlanId, ct))
            {
                throw new ProblemException(ProblemKind.Conflict, "Nothing is removed.", "Somebody has pinned all snapshots of the plan meanwhile.", "Nothing; look at the plan's pins.");
            }
        }

        var rows = await db.Snapshots.AsNoTracking().Where(s => s.RepositoryId == run.RepositoryId && (ids.Contains(s.Id) || ids.Contains(s.Original!))).Select(s => new { s.Id, s.Original }).ToListAsync(ct);
        var pinned = run.Request is not ForgetRequest ? [] : await db.Pins.Where(p => (p.RepositoryId == run.RepositoryId || p.RepositoryId == original) && p.Snapshot != null).Select(p => p.Snapshot).ToHashSetAsync(ct);
        var there = rows.Select(r => r.Id).ToHashSet();
        List<string> now = [.. rows.Where(r => (ids.Contains(r.Id) || !there.Contains(r.Original!)) && !pinned.Contains(r.Original ?? r.Id)).Select(r => r.Id)];
        return now.Count > 0 ? now : throw new ProblemException(ProblemKind.Conflict, "Nothing is left to be done.", "The snapshots are gone, or somebody has pinned them meanwhile.", "Nothing; look at the list of snapshots.");
    }

    private async Task<string> NowCalledAsync(Guid repository, string id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var named = db.Snapshots.Where(s => s.RepositoryId == repository);
        return await named.AnyAsync(s => s.Id == id, ct) ? id : await named.Where(s => s.Original == id).Select(s => s.Id).FirstOrDefaultAsync(ct) ?? id;
    }

    private async Task<RunSpec?> SnapshotSpecAsync(Run run, ResticTarget target, CancellationToken ct) => run.Request switch
    {
        ForgetRequest forget => new ForgetSpec(await NowCalledAsync(run, forget.Snapshots, ct), forget.DryRun) { RunId = run.Id, Target = target },
        TagRequest tag => new TagSpec(await NowCalledAsync(run, tag.Snapshots, ct), tag.Add, tag.Remove) { RunId = run.Id, Target = target },
        _ => null,
    };
}
