using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Retention;

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
public sealed class PinCatalog(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, RunCoordinator runs, TimeProvider clock, ILogger<PinCatalog> log)
{
    private const int LongestReason = 200;

    /// <summary>Those that hold now, the newest first.</summary>
    public async Task<IReadOnlyList<Pin>> ListAsync(Guid? repository = null, Guid? plan = null, CancellationToken ct = default)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Pins.AsNoTracking().Where(p => (repository == null || p.RepositoryId == repository) && (plan == null || p.PlanId == plan) && (p.LegalHold || p.ExpiresAt == null || p.ExpiresAt > now))
            .OrderByDescending(p => p.CreatedAt).ToListAsync(ct);
    }

    public async Task<Pin> PinAsync(NewPin wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(wanted.LegalHold ? Role.Admin : Role.Operator);
        var reason = wanted.Reason?.Trim() is { Length: > 0 and <= LongestReason } text && !text.Any(char.IsControl) ? text
            : throw ProblemException.Invalid("A pin needs a reason.", $"It is one line of at most {LongestReason} characters, so that others know why the snapshot stays.", "Write a few words.");
        if (wanted.ExpiresAt <= clock.GetUtcNow() || (wanted.LegalHold && wanted.ExpiresAt is not null))
        {
            throw ProblemException.Invalid("The pin cannot end then.", wanted.LegalHold ? "A legal hold never ends by itself." : "This moment is over.", wanted.LegalHold ? "Leave the end out; an Admin releases it." : "Choose a later moment, or none.");
        }

        var (pin, tagged) = await audit.ChangeAsync(who, wanted.LegalHold ? "hold.set" : "pin.set", async (db, note) =>
        {
            var snapshot = wanted.Snapshot is null ? null : await FindAsync(db, wanted, ct);
            var pin = new Pin
            {
                Id = Guid.CreateVersion7(clock.GetUtcNow()),
                RepositoryId = snapshot?.RepositoryId ?? await RepositoryOfAsync(db, wanted, ct),
                Snapshot = snapshot is null ? null : Holding.Key(snapshot),
                PlanId = snapshot is null ? wanted.PlanId : snapshot.PlanId,
                Reason = reason,
                OwnerId = who.Id,
                CreatedAt = clock.GetUtcNow(),
                ExpiresAt = wanted.ExpiresAt?.ToUniversalTime(),
                LegalHold = wanted.LegalHold,
            };
            db.Pins.Add(pin);
            db.PendingRemovals.RemoveRange(await db.PendingRemovals.Where(p => p.RepositoryId == pin.RepositoryId && (pin.Snapshot == null ? p.PlanId == pin.PlanId : p.Snapshot == pin.Snapshot)).ToListAsync(ct));
            note.About("pin", pin.Id, new { repository = pin.RepositoryId, snapshot = pin.Snapshot, plan = pin.PlanId, until = pin.ExpiresAt, hold = pin.LegalHold });
            return (pin, snapshot?.Tags.Contains(RunCoordinator.PinTag) ?? true);
        }, ct);
        if (!tagged)
        {
            await TagAsync(pin, pinned: true, who, ct);
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
            gone = await db.Pins.SingleOrDefaultAsync(p => p.Id == id, ct) ?? throw ProblemException.NotFound("pin", "See the list of pins.");
            if (gone.LegalHold)
            {
                who.MustBe(Role.Admin);
            }

            db.Pins.Remove(gone);
            note.About("pin", id, new { repository = gone.RepositoryId, snapshot = gone.Snapshot, plan = gone.PlanId, hold = gone.LegalHold });
        }, ct);
        await UntagAsync(gone!, who, ct);
    }

    /// <summary>Takes those away whose time is over.</summary>
    internal async Task ExpireAsync(Actor who, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        foreach (var over in await db.Pins.AsNoTracking().Where(p => !p.LegalHold && p.ExpiresAt <= now).Select(p => p.Id).ToListAsync(ct))
        {
            await UnpinAsync(over, who, ct);
        }
    }

    private async Task UntagAsync(Pin gone, Actor who, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (gone.Snapshot is { } key && !await db.Pins.AnyAsync(p => p.RepositoryId == gone.RepositoryId && p.Snapshot == key, ct)
            && await db.Snapshots.AnyAsync(s => s.RepositoryId == gone.RepositoryId && (s.Id == key || s.Original == key) && s.Tags.Contains(RunCoordinator.PinTag), ct))
        {
            await TagAsync(gone, pinned: false, who, ct);
        }
    }

    // Not where nothing may be removed: a new tag is a new snapshot and the old one gone. The pin holds without it.
    private async Task TagAsync(Pin pin, bool pinned, Actor who, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var place = await db.Repositories.AsNoTracking().SingleAsync(r => r.Id == pin.RepositoryId, ct);
        var now = await db.Snapshots.AsNoTracking().Where(s => s.RepositoryId == place.Id && (s.Id == pin.Snapshot || s.Original == pin.Snapshot)).Select(s => s.Id).FirstOrDefaultAsync(ct);
        if (place.AppendOnly || now is null)
        {
            return;
        }

        try
        {
            await runs.StartPinTagAsync(place.Id, now, pinned, who, ct);
        }
        catch (ProblemException problem)
        {
            log.LogWarning("the tag of a pin was not written: {Problem}", problem.Message);
        }
    }

    private static async Task<Snapshot> FindAsync(TimeLockerDb db, NewPin wanted, CancellationToken ct)
    {
        var begin = wanted.Snapshot!.Length >= 4 ? wanted.Snapshot : throw ProblemException.NotFound("snapshot", "Give at least four digits of its id.");
        var found = await db.Snapshots.AsNoTracking().Where(s => (wanted.RepositoryId == null || s.RepositoryId == wanted.RepositoryId) && (s.Id.StartsWith(begin) || s.Original == begin)).Take(2).ToListAsync(ct);
        return found is [var one] ? one : throw new ProblemException(ProblemKind.NotFound, found.Count == 0 ? $"There is no snapshot “{begin}”." : $"“{begin}” means several snapshots.", "The lists of the repositories decide.", "Give the repository and the whole id.");
    }

    private static async Task<Guid> RepositoryOfAsync(TimeLockerDb db, NewPin wanted, CancellationToken ct) =>
        wanted.PlanId is { } id && await db.Plans.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct) is { } plan ? plan.RepositoryId
            : throw ProblemException.Invalid("Nothing says what to pin.", "Neither a snapshot nor a plan was given.", "Give one of them.");
}
