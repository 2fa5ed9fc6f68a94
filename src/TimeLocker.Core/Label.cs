using System.Globalization;

namespace TimeLocker.Core;

/// <summary>A name that people give to a thing.</summary>
public static class Label
{
    public const int Longest = 80;

    /// <summary>
    /// Blanks, and characters that nobody sees, such as the mark that Windows puts at the beginning of a text file
    /// (U+FEFF).
    /// </summary>
    internal static bool IsUnseen(char c) =>
        char.IsWhiteSpace(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format;

    /// <summary>Without what nobody sees at its ends.</summary>
    internal static string Bare(string text)
    {
        var (from, to) = (0, text.Length);
        while (from < to && IsUnseen(text[from]))
        {
            from++;
        }

        while (to > from && IsUnseen(text[to - 1]))
        {
            to--;
        }

        return text[from..to];
    }

    // Two names that look alike are not told apart: overrides of the direction of writing, marks without a width, line
    // breaks that are no control characters. Joiners (U+200C, U+200D) stay: scripts and emoji need them between others.
    private static bool IsDisguise(char c) => c is '\u2028' or '\u2029'
        || (c is not ('\u200c' or '\u200d') && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format);

    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public static string Checked(string thing, string? given)
    {
        var name = Bare(given ?? "");
        Text? why = name.Length == 0 ? Texts.Empty
            : name.Length > Longest ? Texts.CharactersMostAllowed(name.Length, Longest)
            : name.Any(char.IsControl) ? Texts.ContainsControlCharacterLine
            : name.Any(IsDisguise) ? Texts.ContainsInvisibleCharacterOr : null;
        return why is null ? name : throw ProblemException.Invalid(Texts.NeedsAnotherName(thing), why, Texts.EnterShortNameYou);
    }
}
