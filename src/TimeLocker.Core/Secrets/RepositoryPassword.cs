using System.Security.Cryptography;

namespace TimeLocker.Core.Secrets;

public static class RepositoryPassword
{
    // No 0/O, 1/l/i: it may have to be typed from paper.
    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>Seven groups of four: 138 bits.</summary>
    public static Secret Generate() => new(string.Join('-', Enumerable.Range(0, 7).Select(_ => RandomNumberGenerator.GetString(Letters, 4))));

    /// <exception cref="ProblemException">restic trims a password from one channel and not from another: what nobody sees is refused at its ends.</exception>
    public static Secret Checked(string given)
    {
        Sentence? why = given.Length == 0 ? "It is empty."
            : given.Trim() != given ? "It begins or ends with a blank, which restic drops in some places and keeps in others."
            : Label.IsUnseen(given[0]) || Label.IsUnseen(given[^1])
                ? "It begins or ends with a character that is not seen, such as the mark of a text file of Windows (U+FEFF), which restic drops in some places."
            : given.Any(char.IsControl) ? "It contains a line break or another control character." : null;
        return why is null ? new Secret(given) : throw ProblemException.Invalid("This repository password cannot be used.", why, "Choose another one, or let TimeLocker generate it.");
    }
}
