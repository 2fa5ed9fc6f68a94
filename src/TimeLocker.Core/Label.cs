namespace TimeLocker.Core;

/// <summary>A name that people give to a thing.</summary>
public static class Label
{
    public const int Longest = 80;

    // Overrides of the direction of writing, and line breaks that are no control characters: names also stand in mails and in other programs.
    private static bool IsDisguise(char c) => c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';

    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public static string Checked(string thing, string? given)
    {
        var name = (given ?? "").Trim();
        var why = name.Length == 0 ? "It is empty."
            : name.Length > Longest ? $"It has {name.Length} characters; {Longest} are the most."
            : name.Any(char.IsControl) ? "It contains a control character (a line break, a tab …)."
            : name.Any(IsDisguise) ? "It contains a character that is not seen and turns the writing around." : null;
        return why is null ? name : throw ProblemException.Invalid($"The {thing} needs another name.", why, "Enter a short name that you will recognise.");
    }
}
