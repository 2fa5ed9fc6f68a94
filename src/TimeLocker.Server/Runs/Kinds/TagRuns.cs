using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Data;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs.Kinds;

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

/// <summary>Changes of tags.</summary>
public sealed class TagRuns(IDbContextFactory<TimeLockerDb> databases, RepositoryCatalog repositories, RunDesk runs)
{
    /// <summary>Changes the tags of snapshots. Each gets a new id; its history follows <c>original</c>.</summary>
    public Task<Run> StartAsync(Guid repository, NewTags wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (wanted.Set is not null && wanted.Add.Count + wanted.Remove.Count > 0)
        {
            throw ProblemException.Invalid(Problems.NoTagsCanChanged);
        }

        if (wanted.Add.Concat(wanted.Remove).Concat(wanted.Set ?? []).Any(t => t.Trim() == OwnTags.Pin))
        {
            throw ProblemException.Invalid(Problems.TagCannotChangedHand(OwnTags.Pin));
        }

        if (wanted.Add.Intersect(wanted.Remove).FirstOrDefault() is { } both)
        {
            throw ProblemException.Invalid(Problems.TagAddedRemovedIn(both));
        }

        return TagAsync(repository,
            wanted with
            {
                Add = TagRules.Checked(wanted.Add),
                Remove = TagRules.Checked(wanted.Remove),
                Set = wanted.Set is { } set ? TagRules.Checked(set) : null,
            }, who, ct);
    }

    /// <summary>Writes a pin's tag, or takes it away.</summary>
    public Task<Run> StartPinAsync(Guid repository, IReadOnlyList<string> snapshots, bool pinned, Actor who,
        CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        return TagAsync(repository,
            new() { Snapshots = snapshots, Add = pinned ? [OwnTags.Pin] : [], Remove = pinned ? [] : [OwnTags.Pin] },
            who, ct);
    }

    private async Task<Run> TagAsync(Guid repository, NewTags wanted, Actor who, CancellationToken ct)
    {
        var place = await repositories.GetAsync(repository, ct);
        place.MustLetRemove();
        var empty = wanted.Add.Count + wanted.Remove.Count == 0 && wanted.Set is null;
        if (empty || wanted.Snapshots.Count is 0 or > ForgetRuns.MostAtOnce || wanted.Snapshots.Any(s => s.Length < 4))
        {
            throw ProblemException.Invalid(Texts.NoTagsCanChanged,
                empty ? Texts.NoTagGiven : Texts.BetweenOneSnapshotsCan(ForgetRuns.MostAtOnce),
                Texts.GiveSnapshotsTagsAdd);
        }

        List<string> ids = [], others = [];
        Guid? plan = null;
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var begin in wanted.Snapshots.Distinct())
        {
            // An id from before somebody changed the tags still means the snapshot; and what it was first stays true
            // until the run's turn.
            var found = await db.Snapshots.AsNoTracking()
                .Where(s => s.RepositoryId == repository && (s.Id.StartsWith(begin) || s.Original!.StartsWith(begin)))
                .Take(2).ToListAsync(ct);
            ids.Add(found is [var one] ? one.Original ?? one.Id
                : throw new ProblemException(ProblemKind.NotFound,
                    found.Count == 0 ? Texts.NoSnapshot(begin) : Texts.BeginningSeveralSnapshots(begin),
                    Texts.ListRepositoryDecides, Texts.SeeListSnapshots));
            plan ??= found[0].PlanId;
            others.AddRange(found[0].Tags.Where(OwnTags.IsPeoples));
        }

        if (wanted.Set is { } all)
        {
            // restic adds what is not there, and removes what is
            wanted = wanted with { Add = all, Remove = [.. others.Distinct().Except(all)] };
        }

        if (wanted.Add.Count + wanted.Remove.Count == 0)
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.NothingChangeSnapshotsNo);
        }

        var request = new TagRequest([.. ids.Distinct()], wanted.Add, wanted.Remove);
        return await runs.StartAsync(request, place, who, ct, Texts.SnapshotsIn(ids.Count, place.Name), plan: plan);
    }
}

/// <summary>What the snapshots are called at its turn.</summary>
internal sealed class TagSpecs(SnapshotIds ids) : ISpecBuilder
{
    public async Task<RunSpec?> BuildAsync(Run run, ResticTarget target, CancellationToken ct) =>
        run.Request is not TagRequest tag ? null
        : new TagSpec(await ids.NowAsync(run, tag.Snapshots, ct), tag.Add, tag.Remove) { RunId = run.Id, Target = target };
}
