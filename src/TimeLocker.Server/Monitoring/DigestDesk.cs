using System.Globalization;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Monitoring;

/// <summary>When the summary is sent.</summary>
/// <param name="Hour">In the server's zone.</param>
public sealed record DigestSettings(TimeOnly Hour) : IRevised
{
    /// <summary>In a change: the one that it was made from, or 0.</summary>
    public int Revision { get; init; }
}

/// <summary>The daily and the weekly letter. It is written only while a rule asks for it, and after a sleep once.</summary>
public sealed class DigestDesk(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, NewNotices notices,
    DigestText text, TimeProvider clock) : IBackgroundWork
{
    private const string HourSetting = "digest.hour";

    /// <summary>Rules that ask for one, and another hour, are seen within this time.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static TimeOnly Usual { get; } = new(7, 0);

    public async Task<DigestSettings> GetAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Viewer);
        await using var db = await databases.CreateDbContextAsync(ct);
        return new(await HourAsync(db, ct)) { Revision = await db.RevisionAsync(HourSetting, ct) };
    }

    public Task ChangeAsync(DigestSettings wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return audit.ChangeAsync(who, "digest.changed", async (db, note) =>
        {
            var hour = Text(wanted.Hour);
            await db.SetAsync(HourSetting, hour, ct);
            note.AboutSetting(HourSetting, Texts.Digests, Text(Usual));
        }, ct);
    }

    public string Name => "digests";

    public Text Does => Texts.DigestDeskDoes;

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        var (next, latest) = (await LookAsync(ct), clock.GetUtcNow() + Longest);
        return next < latest ? next : latest;
    }

    /// <summary>Writes what is due.</summary>
    /// <returns>When the next one is, or null: nobody asks for any.</returns>
    internal async Task<DateTimeOffset?> LookAsync(CancellationToken ct)
    {
        var (daily, weekly) = (await LookAsync(DigestRhythm.Daily, ct), await LookAsync(DigestRhythm.Weekly, ct));
        return daily < weekly || weekly is null ? daily : weekly;
    }

    private async Task<DateTimeOffset?> LookAsync(DigestRhythm rhythm, CancellationToken ct)
    {
        var (now, zone, marker) = (clock.GetUtcNow(), clock.LocalTimeZone, $"digest.{rhythm.ToString().ToLowerInvariant()}.until");
        TimeOnly hour;
        DateTimeOffset? until;
        bool wanted;
        await using (var db = await databases.CreateDbContextAsync(ct))
        {
            hour = await HourAsync(db, ct);
            until = await db.SettingAsync(marker,
                at => (DateTimeOffset?)DateTimeOffset.Parse(at, CultureInfo.InvariantCulture), damaged: null, ct);
            wanted = await db.NoticeRules.AnyAsync(r => r.Enabled && r.Digest == rhythm, ct);
        }

        if (!wanted || until is null)
        {
            if (wanted != until is not null)
            {
                // what was due before anybody asked is not told
                await audit.TouchAsync(db => db.SetAsync(marker, wanted ? Text(now) : null, ct), ct);
            }

            return wanted ? DigestTimes.Next(rhythm, hour, zone, now) : null;
        }

        var due = DigestTimes.Last(rhythm, hour, zone, now);
        if (due > until)
        {
            var (title, body) = await text.WriteAsync(due
                - (rhythm == DigestRhythm.Weekly ? TimeSpan.FromDays(7) : TimeSpan.FromDays(1)), now, ct);
            await notices.TellAsync([notices.Of(NoticeEvent.Digest, NoticeLevel.Info,
                DigestTimes.Key(rhythm, due, zone), title, body, "/")], ct, db => db.SetAsync(marker, Text(due), ct));
        }

        return DigestTimes.Next(rhythm, hour, zone, now);
    }

    private static async Task<TimeOnly> HourAsync(TimeLockerDb db, CancellationToken ct) =>
        await db.SettingAsync(HourSetting,
            hour => (TimeOnly?)TimeOnly.ParseExact(hour, "HH:mm", CultureInfo.InvariantCulture), damaged: null, ct)
            ?? Usual;

    private static string Text(TimeOnly hour) => hour.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);
}
