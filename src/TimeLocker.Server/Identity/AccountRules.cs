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
            throw ProblemException.Invalid(Texts.UserNameCannotUsed,
                name.Length == 0 ? Texts.Empty : Texts.LongerThanCharacters(LongestName), Texts.ChooseAnotherOne);
        }

        return name.All(c => char.IsLetterOrDigit(c) || "-._@+".Contains(c, StringComparison.Ordinal)) ? name
            : throw ProblemException.Invalid(Problems.UserNameCannotUsedChoose);
    }

    public static void Password(Secret password, string userName)
    {
        var length = password.Reveal().Length;
        Text? why = length < ShortestPassword ? Texts.ShorterThanCharacters(ShortestPassword)
            : length > LongestPassword ? Texts.PasswordIsTooLong(LongestPassword)
            : string.Equals(password.Reveal().Trim(), userName.Trim(), StringComparison.OrdinalIgnoreCase) ? Texts.UserName
            : null;
        if (why is not null)
        {
            throw ProblemException.Invalid(Texts.PasswordCannotUsed, why, Texts.FourOrFiveWords);
        }
    }
}
