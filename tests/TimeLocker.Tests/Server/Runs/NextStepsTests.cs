using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>The first button of a run that failed is its next step.</summary>
public class NextStepsTests
{
    private static readonly Guid Place = Guid.NewGuid(), Plan = Guid.NewGuid();

    [Theory]
    [InlineData("sources", "Edit plan", "/plans/{plan}/edit")]
    [InlineData("command", "Edit plan", "/plans/{plan}/edit")]
    [InlineData("shrunken", "Edit plan", "/plans/{plan}/edit")]
    [InlineData("space", "Free space", "/repositories/{place}/maintenance")]
    [InlineData("lock", "Unlock", "/repositories/{place}/maintenance")]
    [InlineData("mount", "Test the connection", "/repositories/{place}/connection")]
    [InlineData("credentials", "Enter password", "/repositories/{place}/connection")]
    [InlineData("version", null, null)]
    public void What_was_looked_at_before_says_what_to_do(string check, string? button, string? link) =>
        Expect(Failed(new(Text.Verbatim("Nothing can be backed up."), Text.Verbatim("Why."), Text.Verbatim("Next.")),
            new RunCheck("version", CheckLevel.Ok, Text.Verbatim("Fine.")),
            new RunCheck(check, CheckLevel.Failed, Text.Verbatim("Not fine."))), button, link);

    [Theory]
    [InlineData("Fatal: wrong password or no key found", "Enter password", "/repositories/{place}/connection")]
    [InlineData("write /mnt/x: no space left on device", "Free space", "/repositories/{place}/maintenance")]
    [InlineData("unable to create lock in backend: repository is already locked", "Unlock", "/repositories/{place}/maintenance")]
    [InlineData("Fatal: all source directories/files do not exist", "Edit plan", "/plans/{plan}/edit")]
    [InlineData("ciphertext verification failed", "Repair", "/repositories/{place}/repair")]
    [InlineData("dial tcp 10.0.0.1:22: connection refused", "Test the connection", "/repositories/{place}/connection")]
    [InlineData("The specified bucket does not exist", "Test the connection", "/repositories/{place}/connection")]
    [InlineData("no matching ID found for prefix", null, null)]
    public void What_restic_said_says_what_to_do(string said, string? button, string? link) =>
        Expect(Failed(ResticProblems.Find(said)!.Value.Problem), button, link);

    [Fact]
    public void Nobody_is_sent_where_their_role_may_not_go()
    {
        var run = Failed(new Problem(Text.Verbatim("The disk is full."), Text.Verbatim("Why."),
            Text.Verbatim("Next."))
        { Step = NextStep.FreeSpace });

        NextSteps.Of(run, DeskRig.Actor(Role.Operator)).ShouldBeNull();
        NextSteps.Of(run, DeskRig.Admin)!.Button.Full.ShouldBe("Free space");
    }

    [Fact]
    public void A_run_that_went_well_or_was_cancelled_asks_for_nothing()
    {
        foreach (var outcome in (RunOutcome[])[RunOutcome.Succeeded, RunOutcome.Cancelled])
        {
            var run = Examples.Run(Place, plan: Plan);
            run.Apply(new RunEnded(outcome, null, null,
                new Problem(Text.Verbatim("Locked."), Text.Verbatim("Why."),
                    Text.Verbatim("Next."))
                { Step = NextStep.Unlock })
            { At = Examples.Noon });
            NextSteps.Of(run).ShouldBeNull();
        }
    }

    private static void Expect(Run run, string? button, string? link) =>
        (NextSteps.Of(run) is { } next ? (next.Button.Full, next.Link) : (null, null))
            .ShouldBe((button, link?.Replace("{plan}", $"{Plan}").Replace("{place}", $"{Place}")));

    private static Run Failed(Problem problem, params RunCheck[] checks)
    {
        var run = Examples.Run(Place, plan: Plan);
        run.Apply(new RunChecked(checks) { At = Examples.Noon });
        run.Apply(new RunEnded(RunOutcome.Failed, null, null, problem) { At = Examples.Noon });
        return run;
    }
}
