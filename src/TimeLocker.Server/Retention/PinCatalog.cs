using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Retention;

/// <summary>What to keep, whatever the rules say.</summary>
public sealed record NewPin
{
    public Guid? RepositoryId { get; init; }

    /// <summary>An id or its unambiguous beginning; null: all snapshots of <see cref="PlanId"/>.</summary>
    public string? Snapshot { get; init; }
    public Guid? PlanId { get; init; }
    public string? Reason { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public bool LegalHold { get; init; }
}

/// <summary>Snapshots that no policy may remove. The list here protects them; restic's tag only tells restic by itself.</summary>
public sealed partial class PinCatalog(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, TagRuns runs,
    TimeProvider clock, ILogger<PinCatalog> log)
{
    /// <summary>Those that hold now, the newest first.</summary>
    public async Task<IReadOnlyList<Pin>> ListAsync(Guid? repository = null, Guid? plan = null, CancellationToken ct = default)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Pins.AsNoTracking()
            .Where(p => (repository == null || p.RepositoryId == repository) && (plan == null || p.PlanId == plan)
                && (p.LegalHold || p.ExpiresAt == null || p.ExpiresAt > now))
            .OrderByDescending(p => p.CreatedAt).ToListAsync(ct);
    }

    public async Task<Pin> PinAsync(NewPin wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(wanted.LegalHold ? Role.Admin : Role.Operator);
        var reason = Checked(wanted);
        var (pin, tagged) = await audit.ChangeAsync(who, Kind(wanted), async (db, note) =>
        {
            var snapshot = wanted.Snapshot is null ? null : await FindAsync(db, wanted, ct);
            var pin = await SetAsync(db, snapshot, snapshot?.RepositoryId ?? await RepositoryOfAsync(db, wanted, ct),
                wanted, reason, who, ct);
            Say(note, pin);
            return (pin, snapshot?.Tags.Contains(OwnTags.Pin) ?? true);
        }, ct);
        if (!tagged)
        {
            await TagAsync(pin.RepositoryId, [pin.Snapshot], pinned: true, who, ct);
        }

        return pin;
    }

    /// <summary>Takes a pin away. A legal hold is released by an Admin alone.</summary>
    public async Task UnpinAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        Pin? gone = null;
        await audit.ChangeAsync(who, "pin.taken", async (db, note) =>
        {
            gone = await db.Pins.SingleOrDefaultAsync(p => p.Id == id, ct)
                ?? throw ProblemException.NotFound(Texts.Pin, Texts.SeeListPins);
            if (gone.LegalHold)
            {
                who.MustBe(Role.Admin);
            }

            db.Pins.Remove(gone);
            note.About("pin", id,
                new
                {
                    repository = gone.RepositoryId,
                    snapshot = gone.Snapshot,
                    plan = gone.PlanId,
                    hold = gone.LegalHold
                });
        }, ct);
        await UntagAsync(gone!, who, ct);
    }

    /// <summary>Takes those away whose time is over.</summary>
    internal async Task ExpireAsync(Actor who, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var over in await db.Pins.AsNoTracking().Where(p => !p.LegalHold && p.ExpiresAt <= now)
            .Select(p => p.Id).ToListAsync(ct))
        {
            await UnpinAsync(over, who, ct);
        }
    }

    private async Task UntagAsync(Pin gone, Actor who, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (gone.Snapshot is { } key && !await db.Pins.AnyAsync(p => p.RepositoryId == gone.RepositoryId && p.Snapshot == key, ct)
            && (await db.Snapshots.AnyAsync(s => s.RepositoryId == gone.RepositoryId
                && (s.Id == key || s.Original == key)
                && (TimeLockerDb.IsList(s.Tags) ? s.Tags.Contains(OwnTags.Pin) : false), ct)
                // which may be about to write it
                || await db.Runs.AnyAsync(r => r.RepositoryId == gone.RepositoryId && r.Kind == RunKind.Tag
                    && r.EndedAt == null, ct)))
        {
            await TagAsync(gone.RepositoryId, [key], pinned: false, who, ct);
        }
    }

    // Not where nothing may be removed: a new tag is a new snapshot and the old one gone. The pin holds without it.
    private async Task TagAsync(Guid repository, IReadOnlyList<string?> keys, bool pinned, Actor who, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var place = await db.Repositories.AsNoTracking().SingleAsync(r => r.Id == repository, ct);
        var now = await db.Snapshots.AsNoTracking()
            .Where(s => s.RepositoryId == repository && (keys.Contains(s.Id) || keys.Contains(s.Original)))
            .Select(s => s.Id).ToListAsync(ct);
        if (place.AppendOnly || now.Count == 0)
        {
            return;
        }

        try
        {
            await runs.StartPinAsync(repository, now, pinned, who, ct);
        }
        catch (ProblemException problem)
        {
            log.LogWarning("the tag of a pin was not written: {Problem}", problem.Message);
        }
    }

    private static async Task<Snapshot> FindAsync(TimeLockerDb db, NewPin wanted, CancellationToken ct)
    {
        var begin = wanted.Snapshot!.Length >= 4 ? wanted.Snapshot
            : throw ProblemException.NotFound(Texts.Snapshot, Texts.GiveLeastFourDigits);
        var found = await db.Snapshots.AsNoTracking()
            .Where(s => (wanted.RepositoryId == null || s.RepositoryId == wanted.RepositoryId)
                && (s.Id.StartsWith(begin) || s.Original == begin)).Take(2).ToListAsync(ct);
        return found is [var one] ? one
            : throw new ProblemException(ProblemKind.NotFound,
                found.Count == 0 ? Texts.NoSnapshot(begin) : Texts.MeansSeveralSnapshots(begin),
                Texts.ListsRepositoriesDecide, Texts.GiveRepositoryWholeId);
    }

    private static async Task<Guid> RepositoryOfAsync(TimeLockerDb db, NewPin wanted, CancellationToken ct) =>
        wanted.PlanId is { } id && await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) is { } plan
            ? plan.RepositoryId
            : throw ProblemException.Invalid(Problems.NothingSaysWhatPin);
}
