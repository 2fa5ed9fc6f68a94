using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Audit;

/// <summary>The same as <see cref="Revisions"/> for settings that are about no thing. One that nobody has set has the revision 1.</summary>
internal static class SettingRevisions
{
    // Those that people change in a form, as they are called there; the others are TimeLocker's own notes.
    private static readonly Dictionary<string, string> Titles = new() { ["digest.hour"] = "Digests", ["public.address"] = "Public address", ["cleanup.policy"] = "Rules of the clean-up" };

    public static async Task<int> RevisionAsync(this TimeLockerDb db, string setting, CancellationToken ct) =>
        await db.Revisions.Where(r => r.Thing == ThingOf(setting)).MaxAsync(r => (int?)r.Revision, ct) ?? 1;

    public static async Task KeepAsync(TimeLockerDb db, Actor who, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var entry in db.ChangeTracker.Entries<Setting>().Where(e => e.State is EntityState.Added or EntityState.Modified or EntityState.Deleted && Titles.ContainsKey(e.Entity.Name)).ToList())
        {
            var name = entry.Entity.Name;
            var (before, after) = (entry.State == EntityState.Added ? null : entry.Property(s => s.Value).OriginalValue, entry.State == EntityState.Deleted ? null : entry.Entity.Value);
            var revision = await db.RevisionAsync(name, ct);
            if (before == after)
            {
                continue;
            }

            if (who.Seen is > 0 and var seen && seen != revision && await MeanwhileAsync(db, name, seen, revision, before, ct) is { } meanwhile)
            {
                throw new ProblemException(ProblemKind.Conflict, Latecomer.Told(meanwhile));
            }

            db.Revisions.Add(new() { Thing = ThingOf(name), Revision = revision + 1, At = now, By = who.Id, Before = new() { ["value"] = JsonSerializer.Serialize(before) } });
            await db.Revisions.Where(r => r.Thing == ThingOf(name) && r.Revision <= revision + 1 - Revisions.Remembered).ExecuteDeleteAsync(ct);
        }
    }

    private static async Task<Meanwhile?> MeanwhileAsync(TimeLockerDb db, string setting, int seen, int revision, string? now, CancellationToken ct)
    {
        var rows = await db.Revisions.AsNoTracking().Where(r => r.Thing == ThingOf(setting) && r.Revision > seen).OrderBy(r => r.Revision).ToListAsync(ct);
        var (told, read) = rows is [var first, ..] && first.Revision == seen + 1 ? (true, JsonSerializer.Deserialize<string?>(first.Before["value"])) : (false, null);
        return told && read == now ? null : new(Titles[setting], revision, await Latecomer.PeopleAsync(db, rows, ct), rows is [.., var last] ? last.At : default,
            told ? [new("value", "setting", new ChangeWords(new Dictionary<Guid, string>()).Of(Shown(read), Shown(now)), Yours: true)] : []);
    }

    // Some are JSON, some are plain text.
    private static JsonNode? Shown(string? value) => value is ['{', ..] ? JsonNode.Parse(value) : value;

    private static string ThingOf(string setting) => $"setting:{setting}";
}
