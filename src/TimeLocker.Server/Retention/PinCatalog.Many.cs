using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Snapshots;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;

namespace TimeLocker.Server.Retention;

/// <summary>The same pin for several snapshots of a repository.</summary>
public sealed record NewPins
{
    /// <summary>Ids or their unambiguous beginnings.</summary>
    public IReadOnlyList<string> Snapshots { get; init; } = [];
    public string? Reason { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public bool LegalHold { get; init; }
}

public sealed partial class PinCatalog
{
    public const int LongestReason = 200;

    /// <summary>Pins all of them or none: one change with an entry for each pin, and one run that writes restic's tag.</summary>
    public async Task<IReadOnlyList<Pin>> PinManyAsync(Guid repository, NewPins wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(wanted.LegalHold ? Role.Admin : Role.Operator);
        if (wanted.Snapshots.Count is 0 or > ForgetRuns.MostAtOnce)
        {
            throw ProblemException.Invalid(Problems.NothingPinnedBetweenOne(ForgetRuns.MostAtOnce));
        }

        var same = new NewPin
        {
            RepositoryId = repository,
            Reason = wanted.Reason,
            ExpiresAt = wanted.ExpiresAt,
            LegalHold = wanted.LegalHold,
        };
        var reason = Checked(same);
        var (pins, bare) = await audit.ChangeAsync(who, Kind(same), async (db, note) =>
        {
            Dictionary<string, Snapshot> found = [];
            foreach (var id in wanted.Snapshots)
            {
                var one = await FindAsync(db, same with { Snapshot = id }, ct);
                found[RetentionState.Key(one)] = one;
            }

            List<Pin> pins = [];
            foreach (var one in found.Values)
            {
                pins.Add(await SetAsync(db, one, repository, same, reason, who, ct));
            }

            foreach (var pin in pins[..^1])
            {
                await audit.AddAsync(db, who, Kind(same), more => Say(more, pin), ct);
            }

            Say(note, pins[^1]);
            return (pins, found.Where(f => !f.Value.Tags.Contains(OwnTags.Pin)).Select(f => (string?)f.Key).ToList());
        }, ct);
        if (bare.Count > 0)
        {
            await TagAsync(repository, bare, pinned: true, who, ct);
        }

        return pins;
    }

    private static string Kind(NewPin wanted) => wanted.LegalHold ? "hold.set" : "pin.set";

    private string Checked(NewPin wanted)
    {
        var reason = wanted.Reason?.Trim() is { Length: > 0 and <= LongestReason } text && !text.Any(char.IsControl) ? text
            : throw ProblemException.Invalid(Problems.PinNeedsReasonOne(LongestReason));
        return wanted.ExpiresAt <= clock.GetUtcNow() || (wanted.LegalHold && wanted.ExpiresAt is not null)
            ? throw ProblemException.Invalid(Texts.PinCannotEndThen,
                wanted.LegalHold ? Texts.LegalHoldNeverEnds : Texts.MomentOver,
                wanted.LegalHold ? Texts.LeaveEndOutAdmin : Texts.ChooseLaterMomentOr)
            : reason;
    }

    /// <summary>The pin's row; what it holds waits for no removal any more.</summary>
    private async Task<Pin> SetAsync(TimeLockerDb db, Snapshot? snapshot, Guid repository, NewPin wanted, string reason,
        Actor who, CancellationToken ct)
    {
        var pin = new Pin
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            RepositoryId = repository,
            Snapshot = snapshot is null ? null : RetentionState.Key(snapshot),
            PlanId = snapshot is null ? wanted.PlanId : snapshot.PlanId,
            Reason = reason,
            OwnerId = who.Id,
            CreatedAt = clock.GetUtcNow(),
            ExpiresAt = wanted.ExpiresAt?.ToUniversalTime(),
            LegalHold = wanted.LegalHold,
        };
        db.Pins.Add(pin);
        db.PendingRemovals.RemoveRange(await db.PendingRemovals.Where(p => p.RepositoryId == repository
            && (pin.Snapshot == null ? p.PlanId == pin.PlanId : p.Snapshot == pin.Snapshot)).ToListAsync(ct));
        return pin;
    }

    private static void Say(AuditNote note, Pin pin) =>
        note.About("pin", pin.Id,
            new
            {
                repository = pin.RepositoryId,
                snapshot = pin.Snapshot,
                plan = pin.PlanId,
                until = pin.ExpiresAt,
                hold = pin.LegalHold
            });
}
