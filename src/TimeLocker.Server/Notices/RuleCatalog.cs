using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Notices;

/// <summary>The rules: who gets what.</summary>
public sealed class RuleCatalog(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, TimeProvider clock)
{
    /// <summary>What a rule can be about; a digest has a rhythm instead, and tests and signs of life need no rule.</summary>
    public static IReadOnlyList<NoticeEvent> Events { get; } = [.. Enum.GetValues<NoticeEvent>()
        .Except([NoticeEvent.Digest, NoticeEvent.Test, NoticeEvent.Alive])];

    public async Task<IReadOnlyList<NoticeRule>> ListAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.NoticeRules.AsNoTracking().OrderBy(r => r.ChannelId).ThenBy(r => r.Id).ToListAsync(ct);
    }

    public async Task<NoticeRule> GetAsync(Guid id, Actor who, CancellationToken ct = default) =>
        (await ListAsync(who, ct)).FirstOrDefault(r => r.Id == id) ?? throw Unknown();

    public Task<NoticeRule> CreateAsync(NewRule wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var name = Checked(wanted);
        return audit.ChangeAsync(who, "rule.created", async (db, note) =>
        {
            await CheckAsync(db, wanted, ct);
            var rule = new NoticeRule
            {
                Id = Guid.CreateVersion7(clock.GetUtcNow()),
                Name = name,
                ChannelId = wanted.ChannelId,
                Events = [],
            };
            db.NoticeRules.Add(Filled(rule, wanted, name));
            note.About("rule", rule.Id);
            return rule;
        }, ct);
    }

    public Task<NoticeRule> UpdateAsync(Guid id, NewRule wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var name = Checked(wanted);
        return audit.ChangeAsync(who, "rule.changed", async (db, note) =>
        {
            await CheckAsync(db, wanted, ct);
            var rule = Filled(await FindAsync(db, id, ct), wanted, name);
            note.About("rule", id);
            return rule;
        }, ct);
    }

    public Task RemoveAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return audit.ChangeAsync(who, "rule.removed", async (db, note) =>
        {
            var rule = await FindAsync(db, id, ct);
            db.NoticeRules.Remove(rule);
            note.About("rule", id, Data(rule));
        }, ct);
    }

    private static string Checked(NewRule wanted)
    {
        if (wanted.Events.Count == 0 && wanted.Digest == DigestRhythm.None)
        {
            throw ProblemException.Invalid(Problems.RuleWouldNeverDo);
        }

        if (wanted.Events.Except(Events).Cast<NoticeEvent?>().FirstOrDefault() is { } strange)
        {
            throw ProblemException.Invalid(Problems.RuleCannotAboutDigest(TextArgument.Of(strange)));
        }

        if (!Enum.IsDefined(wanted.Digest) || wanted.FromTheTime is < 1 or > 100)
        {
            throw ProblemException.Invalid(Problems.RuleCannotUsedFrom);
        }

        return Label.Checked("rule",
            string.IsNullOrWhiteSpace(wanted.Name) ? RuleText.Name(wanted.Events, wanted.Digest) : wanted.Name);
    }

    private static async Task CheckAsync(TimeLockerDb db, NewRule wanted, CancellationToken ct)
    {
        if (!await db.Channels.AnyAsync(c => c.Id == wanted.ChannelId, ct))
        {
            throw ProblemException.Invalid(Problems.RuleNoChannelNames);
        }

        if (await db.Plans.CountAsync(p => wanted.Plans.Contains(p.Id), ct) != wanted.Plans.Distinct().Count())
        {
            throw ProblemException.Invalid(Problems.RuleAboutPlanDoes);
        }
    }

    private static NoticeRule Filled(NoticeRule rule, NewRule wanted, string name)
    {
        (rule.Name, rule.ChannelId, rule.Events, rule.Plans) = (name, wanted.ChannelId, [.. wanted.Events.Distinct()],
            [.. wanted.Plans.Distinct()]);
        (rule.FromTheTime, rule.Digest, rule.Enabled) = (wanted.FromTheTime, wanted.Digest, wanted.Enabled);
        return rule;
    }

    private static object Data(NoticeRule rule) =>
        new
        {
            channel = rule.ChannelId,
            events = rule.Events.Select(e => e.ToString()),
            plans = rule.Plans,
            fromTheTime = rule.FromTheTime,
            digest = rule.Digest.ToString(),
            enabled = rule.Enabled
        };

    private static async Task<NoticeRule> FindAsync(TimeLockerDb db, Guid id, CancellationToken ct) =>
        await db.NoticeRules.SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw Unknown();

    private static ProblemException Unknown() => ProblemException.NotFound(Texts.Rule, Texts.SeeSettingsNotifications);
}
