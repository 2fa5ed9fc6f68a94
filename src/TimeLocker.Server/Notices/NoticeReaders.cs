using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Notices;

/// <param name="Self">Somebody looks at the dashboard by themselves, so nobody has to be told.</param>
public sealed record NoticeReader(bool Self);

/// <summary>Whether trouble reaches anybody who is not looking.</summary>
public sealed class NoticeReaders(IDbContextFactory<TimeLockerDb> databases, AuditLog audit)
{
    private const string SelfSetting = "notices.self";

    /// <summary>Nobody is told, and nobody has said that this is as it should be.</summary>
    public async Task<bool> AreMissingAsync(CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await AreMissingAsync(db, ct);
    }

    internal static async Task<bool> AreMissingAsync(TimeLockerDb db, CancellationToken ct) =>
        !await db.NoticeRules.AnyAsync(r => r.Enabled && db.Channels.Any(c => c.Id == r.ChannelId && c.Enabled), ct)
            && await db.SettingAsync(SelfSetting, ct) is null;

    public Task ChangeAsync(NoticeReader wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return audit.ChangeAsync(who, "notices.self-changed", async (db, note) =>
        {
            await db.SetAsync(SelfSetting, wanted.Self ? "yes" : null, ct);
            note.AboutSetting(SelfSetting, Texts.WhoNotified);
        }, ct);
    }
}
