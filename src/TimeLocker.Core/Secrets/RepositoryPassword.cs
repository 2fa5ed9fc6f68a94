using System.Security.Cryptography;

namespace TimeLocker.Core.Secrets;

public static class RepositoryPassword
{
    // No 0/O, 1/l/i: it may have to be typed from paper.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>Seven groups of four: 138 bits.</summary>
    public static Secret Generate() =>
        new(string.Join('-', Enumerable.Range(0, 7).Select(_ => RandomNumberGenerator.GetString(Letters, 4))));

    /// <exception cref="ProblemException">restic trims a password from one channel and not from another: what nobody
    /// sees is refused at its ends.</exception>
    public static Secret Checked(string given)
    {
        Text? why = given.Length == 0 ? Texts.Empty
            : given.Trim() != given ? Texts.BeginsOrEndsBlank
            : Label.IsUnseen(given[0]) || Label.IsUnseen(given[^1])
                ? Texts.BeginsOrEndsCharacter
            : given.Any(char.IsControl) ? Texts.ContainsLineBreakOr : null;
        return why is null ? new Secret(given)
            : throw ProblemException.Invalid(Texts.RepositoryPasswordCannotUsed, why, Texts.ChooseAnotherOneOr);
    }
}
