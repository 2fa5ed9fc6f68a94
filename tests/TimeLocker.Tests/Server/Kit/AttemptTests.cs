using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Kit;

/// <summary>
/// A fault of ours in a form costs its user nothing: the page stays, with what was typed, and says what happened.
/// </summary>
public sealed class AttemptTests : PageContext
{
    private readonly Attempt attempt = new(NullLogger.Instance);

    [Theory]
    [InlineData("now")]
    [InlineData("later")]
    [InlineData("button")]
    public void A_fault_in_an_event_leaves_the_form_as_it_was(string how)
    {
        var page = Page(how);
        page.Find("input").Input("typed for an hour");

        page.Find("button").Click();

        page.WaitForAssertion(() => attempt.LastProblem.ShouldNotBeNull().Next.Full.ShouldContain("what was typed"));
        page.Find("input").GetAttribute("value").ShouldBe("typed for an hour");
        page.Find("button").HasAttribute("disabled").ShouldBeFalse();
        attempt.LastProblem!.Why.Full.ShouldNotContain("of ours", Case.Insensitive, "no exception's message reaches people");
    }

    [Fact]
    public void A_problem_in_an_event_is_told_in_its_own_words()
    {
        var page = Page("problem");
        page.Find("button").Click();

        attempt.LastProblem.ShouldBe(new Problem(Text.Verbatim("It is full."), Text.Verbatim("There is no room."),
            Text.Verbatim("Make some.")));
    }

    [Fact]
    public void What_is_worked_out_while_typing_fails_alone_and_comes_back()
    {
        var page = Page("summary");
        page.Find("input").Input("bad");
        page.Find("[role=alert]").TextContent.ShouldContain("cannot be shown");
        page.Find("input").GetAttribute("value").ShouldBe("bad");

        page.Find("input").Input("good");
        page.Find("output").TextContent.ShouldBe("good");
    }

    [Fact]
    public void Every_component_of_ours_with_events_is_guarded()
    {
        var bare = typeof(Attempt).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(ComponentBase)) && !t.IsAbstract
            && !t.IsAssignableTo(typeof(GuardedComponent)) && !t.IsAssignableTo(typeof(ErrorBoundaryBase)));
        bare.Select(t => t.Name).ShouldBe(["PlainLayout"], "a page before the sign-in has no events");
    }

    private IRenderedComponent<ErrorBoundary> Page(string how) =>
        Render<ErrorBoundary>(p => p.AddChildContent<CascadingValue<Attempt>>(around => around
        .Add(c => c.Value, attempt).AddChildContent<Form>(form => form.Add(c => c.How, how))));

    private sealed class Form : GuardedComponent
    {
        private string typed = "";
        private bool busy;
        private Problem? problem;

        [Parameter] public string How { get; set; } = "";

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenElement(0, "input");
            builder.AddAttribute(1, "value", typed);
            builder.AddAttribute(2, "oninput", EventCallback.Factory.Create<ChangeEventArgs>(this, e => typed = $"{e.Value}"));
            builder.CloseElement();
            builder.OpenElement(3, "button");
            builder.AddAttribute(4, "disabled", busy);
            builder.AddAttribute(5, "onclick",
                EventCallback.Factory.Create(this, () => How == "button" ? SaveAsync() : WorkAsync()));
            builder.CloseElement();
            if (How == "summary")
            {
                builder.OpenComponent<RenderGuard>(6);
                builder.AddAttribute(7, "ChildContent", (RenderFragment)(summary =>
                {
                    summary.OpenElement(0, "output");
                    summary.AddContent(1, typed == "bad" ? throw new FormatException("of ours") : typed);
                    summary.CloseElement();
                }));
                builder.CloseComponent();
            }
        }

        private async Task SaveAsync()
        {
            busy = true;
            problem = await Attempt.ProblemOf(WorkAsync);
            busy = false;
            _ = problem is null ? 0 : throw new ProblemException(ProblemKind.Invalid, problem);
        }

        private async Task WorkAsync()
        {
            if (How is "later" or "button")
            {
                await Task.Yield();
            }

            throw How == "problem"
                ? new ProblemException(ProblemKind.Conflict, Text.Verbatim("It is full."),
                    Text.Verbatim("There is no room."), Text.Verbatim("Make some."))
                    : new InvalidOperationException("of ours");
        }
    }
}
