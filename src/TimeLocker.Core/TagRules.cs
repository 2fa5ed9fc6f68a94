namespace TimeLocker.Core;

/// <summary>What people's tags may look like.</summary>
public static class TagRules
{
    public const int Most = 50, Longest = 100;

    public static List<string> Checked(IEnumerable<string> given)
    {
        var tags = given.Select(Label.Bare).Where(t => t.Length > 0).Distinct().ToList();
        if (tags.Count > Most || tags.Any(t => t.Length > Longest))
        {
            throw ProblemException.Invalid(Problems.TheseTagsCannotUsed(Most, Longest));
        }

        return tags.FirstOrDefault(t => t.Contains(',') || t.Any(char.IsControl) || !Snapshots.OwnTags.IsPeoples(t)) is { } bad
            ? throw ProblemException.Invalid(Problems.TagCannotUsedRestic(bad))
            : tags;
    }
}
