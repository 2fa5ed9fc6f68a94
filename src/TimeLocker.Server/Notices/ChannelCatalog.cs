using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Secrets;

namespace TimeLocker.Server.Notices;

/// <summary>The channels: adding, trying, changing, removing, and what is needed to send through one.</summary>
public sealed class ChannelCatalog(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, SecretVault vault,
    ChannelKinds kinds, NoticeWriter writer, TimeProvider clock)
{
    /// <summary>So long a message that nobody took is kept, and comes back to life when somebody repairs its channel.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    /// <summary>A channel was added, changed, repaired or removed.</summary>
    public event Action<Guid>? Changed;

    public async Task<IReadOnlyList<Channel>> ListAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Channels.AsNoTracking().OrderBy(c => c.Name).ToListAsync(ct);
    }

    public async Task<Channel> GetAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Channels.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, ct) ?? throw Unknown();
    }

    public async Task<Channel> CreateAsync(NewChannel wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var kind = kinds.Of(wanted.Kind);
        var name = Label.Checked("channel", wanted.Name);
        var values = CheckedValues(kind, wanted.Values);
        var now = clock.GetUtcNow();
        var channel = new Channel
        {
            Id = Guid.CreateVersion7(now),
            Name = name,
            Kind = kind.Kind,
            Values = Plain(kind, values),
            Enabled = wanted.Enabled,
            QuietHours = QuietHoursRules.Checked(wanted.QuietHours),
            CreatedAt = now,
        };
        await audit.ChangeAsync(who, "channel.created", async (db, note) =>
        {
            await RefuseTakenAsync(db, channel.Id, name, ct);
            db.Channels.Add(channel);
            await KeepAsync(db, kind, channel.Id, values);
            var rules = UsualRules.For(kind, channel,
                wanted.UsualRules ?? (kind.Pings || !await HasRulesForPeopleAsync(db, ct)), now);
            db.NoticeRules.AddRange(rules);
            note.About("channel", channel.Id, new { kind = kind.Kind, rules = rules.Count });
        }, ct);
        Changed?.Invoke(channel.Id);
        return channel;
    }

    public async Task<Channel> UpdateAsync(Guid id, ChannelChange change, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var known = await GetAsync(id, who, ct);
        var kind = kinds.For(known);
        var name = change.Name is null ? null : Label.Checked("channel", change.Name);
        var values = change.Values is null ? null : CheckedValues(kind, await MergedAsync(known, kind, change.Values, ct));
        var quiet = change.QuietHours is null ? null : QuietHoursRules.Checked(change.QuietHours);
        await audit.ChangeAsync(who, "channel.changed", async (db, note) =>
        {
            var channel = await FindAsync(db, id, ct);
            if (name is not null)
            {
                await RefuseTakenAsync(db, id, name, ct);
            }

            if (values is not null)
            {
                channel.Values = Plain(kind, values);
                await KeepAsync(db, kind, id, values);
            }

            (channel.Name, channel.QuietHours, channel.Enabled) = (name ?? channel.Name, quiet ?? channel.QuietHours,
                change.Enabled ?? channel.Enabled);
            await ReviveAsync(db, channel, ct);
            note.About("channel", id);
        }, ct);
        Changed?.Invoke(id);
        return await GetAsync(id, who, ct);
    }

    /// <summary>With its rules and with what waits to be sent through it.</summary>
    public async Task RemoveAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await audit.ChangeAsync(who, "channel.removed", async (db, note) =>
        {
            var channel = await FindAsync(db, id, ct);
            await db.Outbox.Where(o => o.ChannelId == id).ExecuteDeleteAsync(ct);
            var rules = await db.NoticeRules.Where(r => r.ChannelId == id).ExecuteDeleteAsync(ct);
            await vault.DeleteAsync(db, OwnerOf(id));
            db.Channels.Remove(channel);
            note.About("channel", id, new { kind = channel.Kind, rules });
        }, ct);
        Changed?.Invoke(id);
    }

    /// <summary>Sends a test message through what is not saved, or not saved so.</summary>
    public async Task<ChannelTested> TestAsync(NewChannel wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var kind = kinds.Of(wanted.Kind);
        var like = wanted.Like is { } id ? await GetAsync(id, who, ct) : null;
        var values = like is null ? wanted.Values : like.Kind == kind.Kind ? await MergedAsync(like, kind, wanted.Values, ct)
            : throw ProblemException.Invalid(Problems.TestCannotMadeSaved(like.Kind));
        await SendAsync(kind, CheckedValues(kind, values), writer.Test(), ct);
        return new(clock.GetUtcNow());
    }

    /// <summary>Sends a test message through a saved channel; what came of it is remembered.</summary>
    public async Task<ChannelTested> TestAgainAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var channel = await GetAsync(id, who, ct);
        try
        {
            await SendAsync(channel, writer.Test(), ct);
        }
        catch (ProblemException fault)
        {
            await audit.TouchAsync(async db => (await FindAsync(db, id, ct)).Trouble = fault.Problem, ct);
            throw;
        }

        await audit.TouchAsync(async db =>
        {
            var known = await FindAsync(db, id, ct);
            known.LastSentAt = clock.GetUtcNow();
            await ReviveAsync(db, known, ct);
        }, ct);
        Changed?.Invoke(id);
        return new(clock.GetUtcNow());
    }

    /// <exception cref="ProblemException">It was not taken; see <see cref="INoticeChannel.SendAsync"/>.</exception>
    internal async Task SendAsync(Channel channel, NoticeMessage message, CancellationToken ct)
    {
        var kind = kinds.For(channel);
        await SendAsync(kind, new FieldValues(await StoredAsync(channel, kind, ct)), message, ct);
    }

    /// <summary>How often it is to be sent a sign of life; null: never.</summary>
    internal TimeSpan? AliveEvery(Channel channel) => kinds.Find(channel.Kind)?.AliveEvery(new FieldValues(channel.Values));

    internal static string OwnerOf(Guid id) => $"channel:{id:N}";

    // A channel is somebody else's code and server: whatever goes wrong there is a problem, and never more than that.
    [SuppressMessage("Design", "CA1031", Justification = "A channel may be a plugin: its faults are problems of the channel.")]
    private static async Task SendAsync(INoticeChannel kind, FieldValues values, NoticeMessage message, CancellationToken ct)
    {
        try
        {
            await kind.SendAsync(message, values, ct);
        }
        catch (ProblemException fault)
        {
            throw new ProblemException(fault.Kind, fault.Problem.Map(text => Hidden(kind, values, text)), fault);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            throw new ProblemException(ProblemKind.Unavailable,
                Problems.DidNotTakeMessage(kind.Title, fault.GetType().Name), fault);
        }
    }

    // A server may repeat in its refusal what it was sent.
    private static string Hidden(INoticeChannel kind, FieldValues values, string text) =>
        Secrets(kind).Select(s => values[s]).Where(v => v.Length > 3).Aggregate(text,
            (said, secret) => said.Replace(secret, "•••", StringComparison.OrdinalIgnoreCase));

    private FieldValues CheckedValues(INoticeChannel kind, Dictionary<string, string> given)
    {
        foreach (var secret in Secrets(kind))
        {
            vault.HideFromLogs(given.GetValueOrDefault(secret));
        }

        return new FieldValues(given).Checked(kind);
    }

    /// <summary>
    /// What is given over what is known. A secret is kept where none is given, unless it would go to another server.
    /// </summary>
    private async Task<Dictionary<string, string>> MergedAsync(Channel known, INoticeChannel kind,
        Dictionary<string, string> given, CancellationToken ct)
    {
        var stored = await StoredAsync(known, kind, ct);
        var secrets = Secrets(kind).ToList();
        kind.MustStayHome(stored, given, secret => given.GetValueOrDefault(secret, "").Length == 0);
        foreach (var (name, value) in given.Where(v => v.Value.Length > 0 || !secrets.Contains(v.Key)))
        {
            stored[name] = value;
        }

        return stored;
    }

    private async Task<Dictionary<string, string>> StoredAsync(Channel channel, INoticeChannel kind, CancellationToken ct)
    {
        var values = new Dictionary<string, string>(channel.Values);
        foreach (var secret in Secrets(kind))
        {
            values[secret] = (await vault.FindAsync(OwnerOf(channel.Id), secret, ct))?.Reveal() ?? "";
        }

        return values;
    }

    private static IEnumerable<string> Secrets(INoticeChannel kind) =>
        kind.Fields.Where(f => f.Type == FieldType.Secret).Select(f => f.Name);

    private static Dictionary<string, string> Plain(INoticeChannel kind, FieldValues values) =>
        values.All.Where(v => !Secrets(kind).Contains(v.Key) && v.Value.Length > 0).ToDictionary();

    private async Task KeepAsync(TimeLockerDb db, INoticeChannel kind, Guid id, FieldValues values)
    {
        foreach (var secret in Secrets(kind))
        {
            if (values.Has(secret))
            {
                await vault.SaveAsync(db, OwnerOf(id), secret, new Secret(values[secret]));
            }
            else
            {
                await vault.DeleteAsync(db, OwnerOf(id), secret);
            }
        }
    }

    // Somebody has looked at the channel: what was stopped, and is not too old, has another chance at once.
    private async Task ReviveAsync(TimeLockerDb db, Channel channel, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        channel.Trouble = null;
        foreach (var item in await db.Outbox.Where(o => o.ChannelId == channel.Id && o.SentAt == null
            && o.Trouble != null).ToListAsync(ct))
        {
            if (item.GivenUpAt is null || now - item.GivenUpAt < Patience)
            {
                (item.GivenUpAt, item.NotBefore, item.Tries) = (null, now, 0);
            }
        }
    }

    private async Task<bool> HasRulesForPeopleAsync(TimeLockerDb db, CancellationToken ct)
    {
        var used = await db.NoticeRules.Join(db.Channels, r => r.ChannelId, c => c.Id, (_, c) => c.Kind).Distinct().ToListAsync(ct);
        return used.Any(k => kinds.Find(k) is { Pings: false });
    }

    private static async Task RefuseTakenAsync(TimeLockerDb db, Guid id, string name, CancellationToken ct)
    {
        if (await db.Channels.AnyAsync(c => c.Id != id && c.Name == name, ct))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.AlreadyChannelNamesDiffer(name));
        }
    }

    private static async Task<Channel> FindAsync(TimeLockerDb db, Guid id, CancellationToken ct) =>
        await db.Channels.SingleOrDefaultAsync(c => c.Id == id, ct) ?? throw Unknown();

    private static ProblemException Unknown() => ProblemException.NotFound(Texts.Channel, Texts.SeeSettingsNotifications);
}
