using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using Xunit;

namespace TimeLocker.Tests.Core.Secrets;

/// <summary>What nobody sees decides nothing.</summary>
public sealed class UnseenTests
{
    [Theory]
    [InlineData("\ufeffsecret-pass")]
    [InlineData("secret-pass\ufeff")]
    [InlineData("\u200bsecret-pass")]
    [InlineData("secret-pass\u2060")]
    [InlineData("\u00adsecret-pass")]
    [InlineData("\u200esecret-pass")]
    [InlineData("\u00a0secret-pass")]
    [InlineData("secret-pass\u3000")]
    [InlineData("\ufeff")]
    public void A_password_does_not_begin_or_end_with_it(string password) =>
        Should.Throw<ProblemException>(() =>
            RepositoryPassword.Checked(password)).Problem.Why.Full.ShouldStartWith("It begins or ends with");

    [Theory]
    [InlineData("pass\ufeffword")]
    [InlineData("Ünïcödé – ☃ 👩‍👧")]
    public void What_stands_inside_is_restics_to_keep(string password) =>
        RepositoryPassword.Checked(password).Reveal().ShouldBe(password);

    [Theory]
    [InlineData("\ufeffPapers", "Papers")]
    [InlineData(" \u200b Papers\u2060\u00a0", "Papers")]
    [InlineData("👩‍👧 می‌خواهم", "👩‍👧 می‌خواهم")]
    public void A_name_loses_it_at_its_ends(string given, string name) => Label.Checked("plan", given).ShouldBe(name);

    [Theory]
    [InlineData("Pap\u200bers")]
    [InlineData("Pap\ufeffers")]
    [InlineData("Pap\u202eers")]
    [InlineData("Pap\u2028ers")]
    [InlineData("\ufeff\u200b")]
    public void A_name_does_not_look_like_another_because_of_it(string given) =>
        Should.Throw<ProblemException>(() => Label.Checked("plan", given));
}
