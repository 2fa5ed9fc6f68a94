namespace TimeLocker.Core.Revisions;

/// <summary>A thing that people edit. Each of their changes counts its revision up; what runs write into it does not.</summary>
public interface IRevised
{
    /// <summary>From 1.</summary>
    int Revision { get; }
}

/// <summary>
/// A person's setting of an <see cref="IRevised"/>: only these count its revision up, and can be overwritten by
/// somebody who has not seen them.
/// </summary>
/// <param name="text">What a form calls it: an entry in the <c>Texts</c> of the room that the setting stands in.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EditedAttribute(string text) : Attribute
{
    public string Text => text;

    /// <summary>
    /// The setting with which this one is one choice, since each takes the place of the other; null: it is one by
    /// itself.
    /// </summary>
    public string? PartOf { get; init; }

    /// <summary>
    /// It names people, or says how they are reached: the audit trail, which forgets nothing, says that it was changed
    /// and not how.
    /// </summary>
    public bool OfPeople { get; init; }
}

/// <summary>What became of a thing after somebody had read it.</summary>
/// <param name="Revision">The one that it has now.</param>
/// <param name="By">Who changed it, for people.</param>
/// <param name="At">When it was last changed.</param>
/// <param name="Changes">Empty: it is too long ago to say what.</param>
public sealed record Meanwhile(Text Thing, int Revision, Text By, DateTimeOffset At, IReadOnlyList<FieldChange> Changes)
{
    /// <summary>In one line: "sources: + /srv/perm; tags: − old".</summary>
    public Text Said => Changes.Count == 0 ? Texts.NotKnown
        : Changes.Select(c => Texts.Change(c.Label, c.Words)).Aggregate((all, next) => Texts.Changes(all, next));
}

/// <param name="Field">As in the body of a request: "excludePresets".</param>
/// <param name="Label">As in a form.</param>
/// <param name="Words">"+ /srv/perm", "7 → 14".</param>
/// <param name="Yours">The refused change wants another value for the same field: somebody has to choose.</param>
public sealed record FieldChange(string Field, Text Label, Text Words, bool Yours);
