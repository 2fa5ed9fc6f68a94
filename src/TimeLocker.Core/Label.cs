namespace TimeLocker.Core;

/// <summary>A name that people give to a thing.</summary>
public static class Label
{
    public const int Longest = 80;

    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public static string Checked(string thing, string? given)
    {
        var name = (given ?? "").Trim();
        var why = name.Length == 0 ? "It is empty."
            : name.Length > Longest ? $"It has {name.Length} characters; {Longest} are the most."
            : name.Any(char.IsControl) ? "It contains a control character (a line break, a tab …)." : null;
        return why is null ? name : throw ProblemException.Invalid($"The {thing} needs another name.", why, "Enter a short name that you will recognise.");
    }
}
