using Bunit;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using TimeLocker.Tests.Server.Kit;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

public class LiveComponentTests : PageContext
{
    public LiveComponentTests() => SetRendererInfo(new("Server", isInteractive: true));

    private static Run Ended()
    {
        var run = Examples.Run();
        run.Apply(Examples.End(RunOutcome.Succeeded));
        return run;
    }

    [Fact]
    public void What_happens_between_reading_and_the_first_drawing_is_not_missed()
    {
        var page = Render<Page>();

        page.WaitForAssertion(() => page.Instance.Told.ShouldBe([RunState.Ended]));
    }

    private sealed class Page : LiveComponent
    {
        public List<RunState> Told { get; } = [];

        protected override void OnInitialized() => Feed.Publish(Ended()); // it has read, and is not drawn yet

        protected override Task OnMilestoneAsync(Run run)
        {
            Told.Add(run.State);
            return Task.CompletedTask;
        }
    }
}
