using Bunit;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Server.Repositories;
using TimeLocker.Tests.Core.Repositories;
using TimeLocker.Tests.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

public class SshKeyFormTests : PageContext
{
    private static readonly HostKey Key = new("ssh-ed25519 AAAAC3Nza", "SHA256:abcdef");

    private readonly Dictionary<string, string> values = new() { ["host"] = "nas.local", ["user"] = "backup" };
    private int changed;

    [Fact]
    public void A_servers_key_is_shown_by_its_fingerprint_and_pinned_with_one_click()
    {
        var form = Form(() => Task.FromResult<IReadOnlyList<HostKey>>([Key]));

        Button(form, "Fetch").Click();
        values.ShouldNotContainKey("hostKey");
        form.Find(".list code").TextContent.ShouldBe(Key.Fingerprint);

        Button(form, "Pin").Click();
        (values["hostKey"], changed).ShouldBe((Key.Key, 1));
        form.Find("[role=status]").TextContent.ShouldContain(Key.Fingerprint);

        Button(form, "Change").Click();
        values["hostKey"].ShouldBeEmpty();
    }

    [Fact]
    public void A_server_that_does_not_answer_says_why()
    {
        var form = Form(() => throw new ProblemException(ProblemKind.Unavailable,
            Text.Verbatim("The server was not found."), Text.Verbatim("Its name could not be resolved."),
            Text.Verbatim("Check the name.")));

        Button(form, "Fetch").Click();

        form.Find("[role=alert]").TextContent.ShouldContain("could not be resolved");
    }

    [Fact]
    public void Without_a_server_there_is_nothing_to_fetch()
    {
        values["host"] = "";

        Button(Form(() => Task.FromResult<IReadOnlyList<HostKey>>([])), "Fetch").HasAttribute("disabled").ShouldBeTrue();
    }

    [Fact]
    public void A_made_key_pair_shows_its_public_half_and_where_it_belongs()
    {
        values["identityFile"] = "/etc/key";
        var form = Form(() => Task.FromResult<IReadOnlyList<HostKey>>([]));

        Button(form, "Make").Click();

        (values["privateKey"], values["identityFile"]).ShouldBe(("generated:0123", ""));
        form.Find("pre").TextContent.ShouldBe("ecdsa-sha2-nistp256 AAAA timelocker");
        form.Markup.ShouldContain("authorized_keys of “backup”");
        form.FindAll("#field-privateKey").ShouldBeEmpty();

        Button(form, "another").Click();
        values["privateKey"].ShouldBeEmpty();
        form.FindAll("textarea#field-privateKey").ShouldHaveSingleItem();
    }

    private IRenderedComponent<SshKeyForm> Form(Func<Task<IReadOnlyList<HostKey>>> fetch) => Render<SshKeyForm>(p => p
        .Add(c => c.Fields, BackendExamples.Of("sftp").Fields).Add(c => c.Values, values).Add(c => c.Fetch, fetch)
        .Add(c => c.Make, () => new NewKeyPair("0123", "ecdsa-sha2-nistp256 AAAA timelocker")).Add(c => c.Changed,
        () => changed++));

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<SshKeyForm> form, string text) =>
        form.FindAll("button").Single(b => b.TextContent.Contains(text, StringComparison.Ordinal));
}
