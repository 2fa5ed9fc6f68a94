namespace TimeLocker.Core.Extensions;

/// <summary>What is kept secret is for the place it was entered for.</summary>
public static class KeptSecrets
{
    /// <param name="stored">As it is kept, secrets included.</param>
    /// <param name="isKept">Whether nothing is given for this secret, so that the stored one would go on.</param>
    /// <exception cref="ProblemException">of kind Invalid: a secret would be sent to another place than the one it was
    /// entered for.</exception>
    public static void MustStayHome(
        this IExtension extension, IReadOnlyDictionary<string, string> stored,
        IReadOnlyDictionary<string, string> given, Predicate<string> isKept)
    {
        var moves = extension.Fields.Any(f => f.Place && given.TryGetValue(f.Name, out var place)
            && place.Trim() != stored.GetValueOrDefault(f.Name, ""));
        if (moves && extension.Fields.FirstOrDefault(f => f.Type == FieldType.Secret
            && stored.GetValueOrDefault(f.Name, "").Length > 0 && isKept(f.Name)) is { } missing)
        {
            throw ProblemException.Invalid(Problems.EnteredAgainWouldSent(missing.Label));
        }
    }
}
