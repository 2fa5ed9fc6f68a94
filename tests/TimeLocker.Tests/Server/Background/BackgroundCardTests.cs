using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Background;
using TimeLocker.Tests.Doubles;
using TimeLocker.Tests.Server.Background;
using TimeLocker.Tests.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Background;

/// <summary>The page on which an Admin sees what the server does by itself.</summary>
public sealed class BackgroundCardTests : PageContext, IAsyncLifetime
{
    private readonly FakeClock clock = new(Noon, timers: true);
    private readonly MadeUpWork work;
    private DeskRig rig = null!;
    private BackgroundEngine engine = null!;

    public BackgroundCardTests() => work = new() { Clock = clock };

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        (engine, var book) = Engines.WithBook(clock, work);
        Services.AddSingleton(book).AddSingleton(new BackgroundDesk(book, rig.Get<AuditLog>()));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        work.Hangs.TrySetResult();
        await engine.StopAsync();
        engine.Dispose();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task A_fault_is_shown_until_the_next_one_and_the_button_has_the_work_done_while_somebody_looks()
    {
        work.Then = _ => throw new ProblemException(ProblemKind.Unavailable, Text.Verbatim("Not now."),
            Text.Verbatim("The disk is full."), Text.Verbatim("Make room."));
        engine.Begin();
        await DeskRig.UntilAsync(() => Task.FromResult(work.Runs.Count == 1));
        var card = Render<BackgroundCard>(p => p.AddCascadingValue(DeskRig.Admin));
        card.WaitForAssertion(() => card.Find("tbody tr").TextContent.ShouldSatisfyAllConditions(
            row => row.ShouldContain("Does nothing."), row => row.ShouldContain("Not now. The disk is full."),
            row => row.ShouldContain("The last run failed")), TimeSpan.FromSeconds(30));

        work.Then = _ => Noon.AddHours(5);
        card.Find("button").Click();

        card.WaitForAssertion(() => card.Find("tbody tr").TextContent.ShouldSatisfyAllConditions(
            row => row.ShouldContain("In order"), row => row.ShouldContain("20 May 2026 17:00"),
            row => row.ShouldContain("The disk is full.", customMessage: "it is the last one still")),
            TimeSpan.FromSeconds(30));
        work.Runs.Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_runs_cannot_be_asked_for_twice_with_one_click()
    {
        work.Waits = true;
        engine.Begin();
        await DeskRig.UntilAsync(() => Task.FromResult(work.Runs.Count == 1));
        var card = Render<BackgroundCard>(p => p.AddCascadingValue(DeskRig.Admin));

        card.Find("button").HasAttribute("disabled").ShouldBeTrue();
        card.Find("tbody tr").TextContent.ShouldContain("runs now");
    }
}
