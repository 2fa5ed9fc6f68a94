using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Audit;

/// <summary>A setting that people change in a form, see <see cref="AuditNote.AboutSetting"/>.</summary>
internal sealed record EditedSetting(string Name, Text Title, string? Usual)
{
    public string Thing => $"setting:{Name}";
}

/// <summary>
/// The same as <see cref="Revisions"/> for settings that are about no thing. One that nobody has set has the revision
/// 1.
/// </summary>
internal static class SettingRevisions
{
    public static async Task<int> RevisionAsync(this TimeLockerDb db, string setting, CancellationToken ct) =>
        await db.Revisions.Where(r => r.Thing == $"setting:{setting}").MaxAsync(r => (int?)r.Revision, ct) ?? 1;

    /// <returns>What differs, see <see cref="ChangedSettings"/>; null: nothing.</returns>
    public static async Task<JsonObject?> KeepAsync(TimeLockerDb db, Actor who, EditedSetting setting,
        DateTimeOffset now, CancellationToken ct)
    {
        var changed = db.ChangeTracker.Entries<Setting>().SingleOrDefault(e => e.Entity.Name == setting.Name);
        var before = changed?.State is EntityState.Modified or EntityState.Deleted
            ? changed.Property(s => s.Value).OriginalValue : null;
        var after = changed?.State is EntityState.Added or EntityState.Modified ? changed.Entity.Value : null;
        if (before == after)
        {
            return null;
        }

        var revision = await db.RevisionAsync(setting.Name, ct);
        if (who.Seen is > 0 and var seen && seen != revision
            && await MeanwhileAsync(db, setting, seen, revision, before, after, ct) is { } meanwhile)
        {
            throw new ProblemException(ProblemKind.Conflict, RevisionConflict.ProblemOf(meanwhile));
        }

        Dictionary<string, string> kept = new() { ["value"] = JsonSerializer.Serialize(before) };
        db.Revisions.Add(new() { Thing = setting.Thing, Revision = revision + 1, At = now, By = who.Id, Before = kept });
        await db.Revisions.Where(r => r.Thing == setting.Thing && r.Revision <= revision + 1 - Revisions.Remembered)
            .ExecuteDeleteAsync(ct);
        return (Shown(before ?? setting.Usual), Shown(after ?? setting.Usual)) is (JsonObject was, JsonObject becomes)
            ? Difference.Of(was, becomes)
            : Difference.Of(new() { ["value"] = Shown(before ?? setting.Usual) },
                new() { ["value"] = Shown(after ?? setting.Usual) });
    }

    private static async Task<Meanwhile?> MeanwhileAsync(
        TimeLockerDb db, EditedSetting setting, int seen, int revision, string? now, string? wanted, CancellationToken ct)
    {
        var rows = await db.Revisions.AsNoTracking().Where(r => r.Thing == setting.Thing && r.Revision > seen)
            .OrderBy(r => r.Revision).ToListAsync(ct);
        var told = rows is [var first, ..] && first.Revision == seen + 1;
        var read = told ? JsonSerializer.Deserialize<string?>(rows[0].Before["value"]) : null;
        return told && read == now ? null
            : new(setting.Title, revision, await RevisionConflict.PeopleAsync(db, rows, ct),
                rows is [.., var last] ? last.At : default,
            told ? [.. Changes(Shown(read ?? setting.Usual), Shown(now ?? setting.Usual), Shown(wanted ?? setting.Usual))] : []);
    }

    // What has members is brought together member by member; anything else counts as a whole.
    private static IEnumerable<FieldChange> Changes(JsonNode? read, JsonNode? now, JsonNode? wanted)
    {
        var words = new ChangeText(new Dictionary<Guid, string>());
        return (read, now, wanted) is (JsonObject before, JsonObject theirs, JsonObject mine)
            ? from name in theirs.Select(m => m.Key)
              where !JsonNode.DeepEquals(before[name], theirs[name])
              let yours = !JsonNode.DeepEquals(mine[name], theirs[name]) && !JsonNode.DeepEquals(mine[name], before[name])
              select new FieldChange(name, Text.Verbatim(ChangeText.Spoken(name)), words.Of(before[name], theirs[name]), yours)
            : [new("value", Texts.Setting, words.Of(read, now), Yours: true)];
    }

    // Some are JSON, some are plain text, and one may be damaged.
    private static JsonNode? Shown(string? value)
    {
        try
        {
            return value is ['{' or '[', ..] ? JsonNode.Parse(value) : value;
        }
        catch (JsonException)
        {
            return "unreadable";
        }
    }
}
