using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Audit;

/// <summary>What the entry of a change says of the thing that it is about: each of its settings, before and after.</summary>
internal static class ChangedSettings
{
    // What a new thing does not say.
    private static readonly HashSet<string> Nothing = ["null", "[]", "{}", "false", "0", "\"\""];

    /// <summary>Looks at a change that is under way.</summary>
    /// <param name="thing">As its note calls it.</param>
    /// <returns>Null: nothing of it differs, or it has no settings.</returns>
    public static JsonObject? Of(TimeLockerDb db, string? thing)
    {
        var entry = db.ChangeTracker.Entries<IRevised>()
            .FirstOrDefault(e => e.State != EntityState.Deleted && Revisions.ThingOf(e.Entity) == thing);
        if (entry is null)
        {
            return null;
        }

        var (fields, isNew) = (EditedField.Of(entry.Metadata).ToList(), entry.State == EntityState.Added);
        var told = Difference.Of(
            Members(fields.Where(_ => !isNew), f => f.Before(entry)),
            Members(fields.Where(f => !isNew || !Nothing.Contains(f.After(entry))), f => f.After(entry)));
        foreach (var place in told.Select(t => t.Key)
            .Where(place => fields.Any(f => f.OfPeople && f.Name == place.Split('.')[0])).ToList())
        {
            told.Remove(place);
            told[place.Split('.')[0]] = true;
        }

        if (EnteredSecrets.Of(db, thing!))
        {
            told[EnteredSecrets.Field] = true;
        }

        return told.Count > 0 ? told : null;
    }

    private static JsonObject Members(IEnumerable<EditedField> fields, Func<EditedField, string> text) =>
        new(fields.Select(f => KeyValuePair.Create(f.Name, JsonNode.Parse(text(f)))));
}
