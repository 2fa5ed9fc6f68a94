using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Server.Retention;

/// <summary>
/// What stays in a copy: rules of its own, a named policy, or everything. None of them: the same rules as in the
/// original.
/// </summary>
public sealed record NewCopyRetention
{
    public Core.Retention.RetentionPolicy? Policy { get; init; }
    public Guid? PolicyId { get; init; }
    public bool Everything { get; init; }

    /// <summary>The one that this was made from: with another one by now, nothing is changed.</summary>
    public int? Revision { get; init; }
}

public sealed partial class RetentionDesk
{
    /// <summary>Says what stays in a further copy of a repository.</summary>
    public async Task<Repository> SetCopyAsync(Guid copy, NewCopyRetention wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        if ((wanted.Policy is not null ? 1 : 0) + (wanted.PolicyId is not null ? 1 : 0) + (wanted.Everything ? 1 : 0) > 1)
        {
            throw ProblemException.Invalid(Problems.CopyOnePolicyRules);
        }

        var changed = await audit.ChangeAsync(who, "repository.copy-retention-set", async (db, note) =>
        {
            var place = await db.Repositories.SingleOrDefaultAsync(r => r.Id == copy, ct)
                ?? throw ProblemException.NotFound(Texts.Repository, Texts.SeeListRepositories);
            if (place.CopyOfId is null)
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.NoCopyInRepository(place.Name));
            }

            if (wanted.PolicyId is { } id && !await db.Policies.AnyAsync(p => p.Id == id, ct))
            {
                throw ProblemException.NotFound(Texts.Policy, Texts.SeeSettingsPolicies);
            }

            place.Keeps = wanted is { Policy: null, PolicyId: null, Everything: false } ? null
                : new() { Policy = wanted.Policy?.Checked(), PolicyId = wanted.PolicyId };
            note.About("repository", copy);
            return place;
        }, ct);
        Changed?.Invoke();
        return changed;
    }
}
