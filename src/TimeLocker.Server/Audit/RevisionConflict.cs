using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using TimeLocker.Core;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Audit;

/// <summary>What is told to somebody whose change was made from an older revision.</summary>
internal static class RevisionConflict
{
    public static Problem ProblemOf(Meanwhile meanwhile) =>
        Problems.ChangedInMeantimeRead(meanwhile.Thing, meanwhile.By,
            meanwhile.At == default ? ""
                : meanwhile.At.ToString(" 'at' yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
                meanwhile.Said, meanwhile.Revision) with
        {
            Meanwhile = meanwhile,
        };

    /// <param name="seen">The revision that they know.</param>
    /// <returns>Null: all is as they know it; what was changed was changed back.</returns>
    public static async Task<Meanwhile?> MeanwhileAsync(TimeLockerDb db, EntityEntry<IRevised> entry, string thing,
        int seen, CancellationToken ct)
    {
        var rows = await db.Revisions.AsNoTracking().Where(r => r.Thing == thing && r.Revision > seen)
            .OrderBy(r => r.Revision).ToListAsync(ct);
        var words = new ChangeText(await NamesAsync(db, ct));
        var told = rows is [var first, ..] && first.Revision == seen + 1;
        List<FieldChange> changes = [];
        foreach (var choice in told ? EditedField.Of(entry.Metadata).GroupBy(f => f.PartOf ?? f.Property) : [])
        {
            var fields = choice.OrderBy(f => f.PartOf is null ? 0 : 1)
                .Select(f => (Field: f, Now: f.Before(entry), Wanted: f.After(entry), Read: ReadOf(f, rows))).ToList();
            if (fields.Where(f => (f.Read ?? f.Now) != f.Now).ToList() is { Count: > 0 } theirs)
            {
                var said = theirs.Select(f => (Field: f.Field, Change: words.Of(JsonNode.Parse(f.Read!), JsonNode.Parse(f.Now))))
                    .Select(f => f.Field.PartOf is null ? f.Change : Texts.PartChanged(f.Field.Words, f.Change));
                var yours = fields.Any(f => f.Wanted != f.Now) && fields.Any(f => f.Wanted != (f.Read ?? f.Now));
                changes.Add(new(fields[0].Field.Name, fields[0].Field.Words, TextList.Commas([.. said]), yours));
            }
        }

        if (told && rows.Any(r => r.Before.ContainsKey(EnteredSecrets.Field)))
        {
            changes.Add(new(EnteredSecrets.Field, EnteredSecrets.Label, EnteredSecrets.Words, Yours: EnteredSecrets.Of(db, thing)));
        }

        if (told && changes.Count == 0)
        {
            return null;
        }

        return new(Text.Verbatim(TitleOf(entry)), entry.Entity.Revision, await PeopleAsync(db, rows, ct),
            rows is [.., var last] ? last.At : default, changes);
    }

    private static string? ReadOf(EditedField field, IEnumerable<RevisionRow> rows) =>
        rows.Select(r => r.Before.GetValueOrDefault(field.Stored)).FirstOrDefault(b => b is not null);

    private static string TitleOf(EntityEntry<IRevised> entry) =>
        entry.Entity is User user ? user.UserName! : (string)entry.Property("Name").OriginalValue!;

    public static async Task<Text> PeopleAsync(TimeLockerDb db, IEnumerable<RevisionRow> rows, CancellationToken ct)
    {
        List<string> ids = [.. rows.Select(r => r.By).Distinct()];
        var names = await db.Users.Where(u => ids.Contains(u.Id)).Select(u => new { u.Id, Name = u.UserName! })
            .ToDictionaryAsync(u => u.Id, u => Text.Verbatim(u.Name), ct);
        foreach (var token in await db.Tokens.Where(t => ids.Contains(t.Id)).Select(t => new { t.Id, t.Name }).ToListAsync(ct))
        {
            names[token.Id] = Texts.TokenOfName(token.Name);
        }

        return ids.Count == 0 ? Texts.Somebody : TextList.And([.. ids.Select(id => names.GetValueOrDefault(id)
            ?? (id == Actor.Owner.Id ? Texts.OwnerInTerminal : id == Actor.System.Id ? Text.Verbatim(Actor.System.Name)
                : Texts.Somebody))]);
    }

    // Of what the settings of one thing name of others.
    private static async Task<Dictionary<Guid, string>> NamesAsync(TimeLockerDb db, CancellationToken ct) =>
        (await db.Plans.Select(p => new { p.Id, p.Name }).Concat(db.Repositories.Select(r => new { r.Id, r.Name }))
            .Concat(db.Policies.Select(p => new { p.Id, p.Name })).Concat(db.Channels.Select(c => new { c.Id, c.Name }))
            .Concat(db.Machines.Select(m => new { m.Id, m.Name })).ToListAsync(ct)).ToDictionary(t => t.Id,
            t => t.Name);
}
