using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Server.Identity;

/// <summary>What a user name and a password must look like. Long beats complicated: no rules about digits or signs.</summary>
public static class AccountRules
{
    public const int ShortestPassword = 12;
    public const int LongestPassword = 1000;
    public const int LongestName = 64;

    /// <returns>The name as it is stored.</returns>
    public static string UserName(string given)
    {
        var name = given.Trim().Normalize(NormalizationForm.FormC);
        if (name.Length is 0 or > LongestName)
        {
            throw ProblemException.Invalid("This user name cannot be used.", name.Length == 0 ? "It is empty." : $"It is longer than {LongestName} characters.", "Choose another one.");
        }

        return name.All(c => char.IsLetterOrDigit(c) || "-._@+".Contains(c, StringComparison.Ordinal)) ? name
            : throw ProblemException.Invalid("This user name cannot be used.", "It has other characters than letters, digits and - . _ @ +", "Choose another one.");
    }

    public static void Password(Secret password, string userName)
    {
        var length = password.Reveal().Length;
        Sentence? why = length < ShortestPassword ? $"It is shorter than {ShortestPassword} characters."
            : length > LongestPassword ? $"It is longer than {LongestPassword} characters."
            : string.Equals(password.Reveal().Trim(), userName.Trim(), StringComparison.OrdinalIgnoreCase) ? "It is the user name."
            : null;
        if (why is not null)
        {
            throw ProblemException.Invalid("This password cannot be used.", why, "Four or five words that nobody would guess make a good one.");
        }
    }
}
