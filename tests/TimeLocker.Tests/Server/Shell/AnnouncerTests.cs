using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Shell;
using TimeLocker.Tests.Doubles;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Shell;

/// <summary>What a person hears who cannot see the page.</summary>
public class AnnouncerTests : BunitContext
{
    private static readonly DateTimeOffset Noon = Examples.Noon;

    private readonly FakeClock clock = new(Noon, timers: true);
    private readonly RunFeed feed = new(TimeProvider.System);

    public AnnouncerTests()
    {
        Services.AddLogging().AddLocalization().AddSingleton<TimeProvider>(clock).AddSingleton(feed);
        SetRendererInfo(new("Server", isInteractive: true));
    }

    [Fact]
    public async Task The_end_of_a_run_of_a_second_is_heard()
    {
        var page = Render<Announcer>();
        var run = Begin(page, "Documents");
        clock.Advance(TimeSpan.FromSeconds(1));
        End(run, RunOutcome.Succeeded);

        await HearAsync(page, "Documents: Succeeded");
    }

    [Fact]
    public async Task Within_five_seconds_of_the_last_word_nothing_is_said_and_nothing_is_lost()
    {
        var page = Render<Announcer>();
        var documents = Begin(page, "Documents");
        var photos = Examples.Run(title: "Photos");
        Start(photos);
        End(documents, RunOutcome.Failed);
        await DeskRig.UntilAsync(() => Task.FromResult(clock.Rings(Noon.AddSeconds(5))));
        clock.Advance(TimeSpan.FromSeconds(4.9));
        page.Find("[role=status]").TextContent.ShouldBe("Documents is running");

        await HearAsync(page, "Documents: Failed", "Photos is running");
        End(photos, RunOutcome.Incomplete);
        await HearAsync(page, "Photos: Incomplete");
    }

    [Fact]
    public async Task Of_many_changes_at_once_the_ends_come_first_and_the_rest_is_counted()
    {
        var page = Render<Announcer>();
        var documents = Begin(page, "Documents");
        foreach (var n in Enumerable.Range(1, 7))
        {
            Start(Examples.Run(title: $"Plan {n}"));
        }

        End(documents, RunOutcome.Cancelled);
        await DeskRig.UntilAsync(() => Task.FromResult(page.Instance.Waiting == 8));

        (await HearAsync(page, "Documents: Cancelled", "4 more runs changed")).ShouldContain("Documents: Cancelled. Plan ");
    }

    [Theory, InlineData(Role.Operator, "Restore of letter.odt"), InlineData(Role.Viewer, "Restore")]
    public async Task A_restore_is_called_after_its_files_only_where_they_may_be_seen(Role role, string title)
    {
        RenderTree.Add<CascadingValue<Actor>>(p => p.Add(c => c.Value, DeskRig.Actor(role)));
        var page = Render<Announcer>();
        var run = Examples.Run(title: "Restore of letter.odt", kind: RunKind.Restore);
        Start(run);
        page.WaitForAssertion(() => page.Find("[role=status]").TextContent.ShouldBe($"{title} is running"));
        End(run, RunOutcome.Succeeded);

        await HearAsync(page, $"{title}: Succeeded");
    }

    private Run Begin(IRenderedComponent<Announcer> page, string title)
    {
        var run = Examples.Run(title: title);
        Start(run);
        page.WaitForAssertion(() => page.Find("[role=status]").TextContent.ShouldBe($"{title} is running"));
        return run;
    }

    private void Start(Run run)
    {
        run.Apply(new RunStarted("restic backup", "0.19.1") { At = Noon });
        feed.Publish(run);
    }

    private void End(Run run, RunOutcome outcome)
    {
        run.Apply(Examples.End(outcome));
        feed.Publish(run);
    }

    // A page hears of runs on another thread, so the clock goes on until all has been said.
    private async Task<string> HearAsync(IRenderedComponent<Announcer> page, params string[] wanted)
    {
        var heard = "";
        await DeskRig.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            var now = page.Find("[role=status]").TextContent;
            heard += heard.EndsWith(now, StringComparison.Ordinal) ? "" : now;
            return Task.FromResult(wanted.All(heard.Contains));
        });
        return heard;
    }
}
