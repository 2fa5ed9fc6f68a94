using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Revisions;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Audit;

/// <summary>Counts the revisions of what people edit, and refuses a change whose author has not seen the last one.</summary>
internal static class Revisions
{
    /// <summary>So many changes of a thing can be told to somebody who comes late.</summary>
    internal const int Remembered = 50;

    /// <summary>Looks at everything that a change has touched, before it is saved.</summary>
    /// <param name="about">What the change is about: <see cref="Actor.Seen"/> means this.</param>
    public static async Task KeepAsync(TimeLockerDb db, Actor who, string? about, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var entry in db.ChangeTracker.Entries<IRevised>().Where(e => e.State is not EntityState.Added).ToList())
        {
            var (thing, unchanged) = (ThingOf(entry.Entity), entry.State == EntityState.Unchanged);
            var before = EditedField.Of(entry.Metadata)
                .Where(f => (f.IsRows || !unchanged) && f.Before(entry) != f.After(entry))
                .ToDictionary(f => f.Stored, f => f.Before(entry));
            if (EnteredSecrets.Of(db, thing))
            {
                before[EnteredSecrets.Field] = ""; // what they were is nobody's business
            }

            if (before.Count == 0 && entry.State != EntityState.Deleted)
            {
                continue;
            }

            if (thing == about && who.Seen is > 0 and var seen && seen != entry.Entity.Revision
                && await RevisionConflict.MeanwhileAsync(db, entry, thing, seen, ct) is { } meanwhile)
            {
                throw new ProblemException(ProblemKind.Conflict, RevisionConflict.ProblemOf(meanwhile));
            }

            if (entry.State == EntityState.Deleted)
            {
                await db.Revisions.Where(r => r.Thing == thing).ExecuteDeleteAsync(ct);
                continue;
            }

            var next = entry.Entity.Revision + 1;
            entry.Property(nameof(IRevised.Revision)).CurrentValue = next;
            db.Revisions.Add(new() { Thing = thing, Revision = next, At = now, By = who.Id, Before = before });
            await db.Revisions.Where(r => r.Thing == thing && r.Revision <= next - Remembered).ExecuteDeleteAsync(ct);
        }
    }

    // As the notes of changes call it.
    internal static string ThingOf(IRevised thing) => thing switch
    {
        BackupPlan plan => $"plan:{plan.Id}",
        Repository repository => $"repository:{repository.Id}",
        NamedPolicy policy => $"policy:{policy.Id}",
        Channel channel => $"channel:{channel.Id}",
        NoticeRule rule => $"rule:{rule.Id}",
        User user => $"user:{user.Id}",
        _ => throw new InvalidOperationException($"nobody said what a {thing.GetType().Name} is called"),
    };
}

/// <summary>
/// A setting of a thing, see <see cref="EditedAttribute"/>, and its values before and after a change, as text that can
/// be compared and kept.
/// </summary>
/// <param name="Column">Where it is stored.</param>
/// <param name="Part">Which part of the column it is, see <see cref="FlatAttribute"/>; null: the whole.</param>
/// <param name="From">Where it stands in the class.</param>
/// <param name="IsRows">It is no column, but the machines that reach a repository: rows of their own.</param>
internal sealed record EditedField(string Column, PropertyInfo? Part, PropertyInfo From, bool IsRows = false)
{
    private EditedAttribute Edited { get; } = From.GetCustomAttribute<EditedAttribute>()!;

    public string Property => Part?.Name ?? Column;
    public Text Words => new($"{From.DeclaringType!.Namespace!["TimeLocker.".Length..]}.Texts.{Edited.Text}");
    public string? PartOf => Edited.PartOf;
    public bool OfPeople => Edited.OfPeople;

    /// <summary>As in a request.</summary>
    public string Name => JsonNamingPolicy.CamelCase.ConvertName(Property);

    /// <summary>As in the rows of revisions.</summary>
    public string Stored => JsonNamingPolicy.CamelCase.ConvertName(StoredName ?? Property);

    private string? StoredName { get; init; }

    public static IEnumerable<EditedField> Of(Microsoft.EntityFrameworkCore.Metadata.IEntityType type) => OfColumns(type).Concat(
        from rows in type.GetNavigations()
        where rows.PropertyInfo?.IsDefined(typeof(EditedAttribute)) == true
        select new EditedField(rows.Name, null, rows.PropertyInfo!, IsRows: true));

    private static IEnumerable<EditedField> OfColumns(Microsoft.EntityFrameworkCore.Metadata.IEntityType type) =>
        from column in type.GetProperties()
        let whole = column.PropertyInfo
        where whole is not null
        from part in whole.IsDefined(typeof(FlatAttribute)) ? column.ClrType.GetProperties() : new PropertyInfo?[] { null }
        where (part ?? whole).IsDefined(typeof(EditedAttribute))
        select new EditedField(column.Name, part,
            part ?? whole)
        { StoredName = (part ?? whole).GetCustomAttribute<StoredAsAttribute>()?.Name };

    public string Before(EntityEntry<IRevised> entry) =>
        IsRows ? Reach(entry, EntityState.Added, (row, name) => row.OriginalValues[name])
            : Text(Of(entry.Property(Column).OriginalValue));

    public string After(EntityEntry<IRevised> entry) =>
        IsRows ? Reach(entry, EntityState.Deleted, (row, name) => row.CurrentValues[name])
            : Text(Of(entry.Property(Column).CurrentValue));

    // The home first, and called so.
    private static string Reach(EntityEntry<IRevised> entry, EntityState without,
        Func<EntityEntry, string, object?> value) => Text(entry.Context.ChangeTracker
        .Entries<RepositoryReach>()
        .Where(row => row.State != without && row.State != EntityState.Detached
            && row.Entity.RepositoryId == ((Repository)entry.Entity).Id)
        .OrderByDescending(row => value(row, nameof(RepositoryReach.IsHome)) is true).ThenBy(row => row.Entity.MachineId)
        .Select(row => value(row, nameof(RepositoryReach.IsHome)) is true
            ? new object[] { row.Entity.MachineId, "home" } : (object)row.Entity.MachineId));

    private object? Of(object? value) => Part is null ? value : Part.GetValue(value);

    // What a trigger last started is written by TimeLocker, and no setting.
    private static string Text(object? value) =>
        JsonSerializer.Serialize(value is IEnumerable<PlanTrigger> triggers
            ? triggers.Select(t => t with { Last = null }) : value, Columns.Json);
}
