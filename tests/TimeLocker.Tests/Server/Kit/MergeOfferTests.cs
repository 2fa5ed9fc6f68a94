using Bunit;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Revisions;
using TimeLocker.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

public class MergeOfferTests : PageContext
{
    private const string Take = "Use theirs and keep my other changes";
    private static readonly FieldChange Sources = new("sources", Text.Verbatim("sources"), Text.Verbatim("+ /srv/perm"),
        false), Tags = new("tags", Text.Verbatim("tags"), Text.Verbatim("+ theirs"), true);

    private IReadOnlySet<string>? merged;
    private bool reloaded;

    private IRenderedComponent<ProblemBox> Offer(params FieldChange[] changes) => Render<ProblemBox>(p => p
        .Add(c => c.Problem,
        new Problem(Text.Verbatim("“Documents” was changed in the meantime."), Text.Verbatim(""),
            Text.Verbatim(""))
        {
            Meanwhile = new(Text.Verbatim("Documents"), 2, Text.Verbatim("ada"),
                Noon.AddMinutes(-2), changes)
        })
        .Add(c => c.Merge, giveWay => merged = giveWay).Add(c => c.Reload, () => reloaded = true));

    [Fact]
    public void Who_came_late_sees_who_changed_what_and_takes_it_over_with_one_click()
    {
        var offer = Offer(Sources);

        offer.Find("[role=alert]").TextContent.ShouldContain("“Documents” was changed in the meantime by ada");
        offer.Find("li").TextContent.ShouldContain("sources: + /srv/perm");
        offer.FindAll(".segmented").ShouldBeEmpty();
        Button(offer, Take).Click();

        merged.ShouldBe([]);
        Button(offer, "Reload").Click();
        reloaded.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Use theirs", "tags")]
    [InlineData("Keep mine", "")]
    public void What_both_have_changed_has_to_be_chosen_first(string choice, string giveWay)
    {
        var offer = Offer(Sources, Tags);
        Button(offer, Take).HasAttribute("disabled").ShouldBeTrue();

        Button(offer, choice).Click();
        Button(offer, choice).GetAttribute("aria-pressed").ShouldBe("true");
        Button(offer, Take).Click();

        string.Join(' ', merged!).ShouldBe(giveWay);
    }

    [Fact]
    public void What_cannot_be_told_any_more_is_not_merged() =>
        Offer().FindAll("button").Select(b => b.TextContent).ShouldBe(["Reload"]);

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<ProblemBox> offer, string text) =>
        offer.FindAll("button").Single(b => b.TextContent == text);
}
