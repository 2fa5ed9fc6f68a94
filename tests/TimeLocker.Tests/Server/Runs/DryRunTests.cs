using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Api;
using TimeLocker.Server.Feeds;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Monitoring;
using TimeLocker.Server.Overview;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>A dry run never looks like a run that did something, whatever came of it.</summary>
public sealed class DryRunTests : IAsyncLifetime
{
    private static readonly RunRequest[] DryRuns =
    [
        new BackupRequest(BackupMode.DryRun, []),
        new RestoreRequest(new('a', 64), [], "/somewhere/new", OverwriteMode.Never, false, DryRun: true),
        new PruneRequest(null, null, DryRun: true),
        new RepairRequest(RepairStep.Index, [], DryRun: true),
        new ForgetRequest([], DryRun: true),
    ];

    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        plan = await rig.PlanAsync(place, "plan", "/somewhere");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public void Every_kind_says_it_of_itself_to_programs_of_every_role()
    {
        foreach (var run in DryRuns.Select(r => Examples.Run(request: r)))
        {
            JsonSerializer.SerializeToNode(run, ApiJson.Options)!["dryRun"]!.GetValue<bool>().ShouldBeTrue(run.Request.ToString());
            run.For(DeskRig.Actor(Role.Viewer)).DryRun.ShouldBeTrue(run.Request.ToString());
        }

        JsonSerializer.SerializeToNode(Examples.Run(), ApiJson.Options)!["dryRun"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Theory, InlineData(RunOutcome.Succeeded), InlineData(RunOutcome.Incomplete), InlineData(RunOutcome.Failed),
        InlineData(RunOutcome.Cancelled), InlineData(RunOutcome.Interrupted)]
    public async Task Whatever_came_of_it_no_plan_day_metric_or_digest_counts_it(RunOutcome outcome)
    {
        await EndAsync(outcome);

        var now = await rig.Get<PlanCatalog>().GetAsync(plan.Id);
        (now.LastRunId, now.LastOutcome, now.LastSuccessAt, now.FailedInARow, now.WarnedInARow).ShouldBe((null, null, null, 0, 0));
        await using var db = await rig.DatabaseAsync();
        (await db.PlanDays.CountAsync(), await db.Runs.CountAsync()).ShouldBe((0, 1));
        rig.Get<RunCounts>().All.ShouldBeEmpty();
        (await rig.Get<DigestText>().WriteAsync(Examples.Noon.AddDays(-1), Examples.Noon.AddHours(1),
            default)).Text.Full.ShouldContain("No backup ran.");
    }

    [Fact]
    public void A_list_says_dry_run_with_a_sign_of_its_own_and_never_what_a_real_one_says()
    {
        foreach (var outcome in Enum.GetValues<RunOutcome>())
        {
            foreach (var request in DryRuns)
            {
                var (dry, real) = (Examples.Run(request: request), Examples.Run());
                dry.Apply(Examples.End(outcome));
                real.Apply(Examples.End(outcome));
                RunStatus.Text(dry).Full.ShouldStartWith("Dry run");
                RunStatus.Text(real).Full.ShouldNotContain("ry run");
                StatusText.Of(RunStatus.Of(dry)).Css.ShouldNotBe("safe");
                dry.Request.Name().Full.ShouldStartWith("Dry run");
            }
        }
    }

    [Fact]
    public void While_it_goes_on_it_says_so_too_and_no_plan_counts_as_backing_up()
    {
        var run = Examples.Run(plan: plan.Id, request: DryRuns[0]);
        RunStatus.Text(run).Full.ShouldBe("Dry run queued");
        run.Apply(new RunStarted("restic backup", "0.19.1") { At = Examples.Noon });
        RunStatus.Text(run).Full.ShouldBe("Dry run running");

        rig.Get<StatusBoard>().LevelOf(plan, null, [run]).ShouldBe(Level.Waiting);
    }

    private async Task EndAsync(RunOutcome outcome)
    {
        var run = Examples.Run(place.Id, plan: plan.Id, machine: plan.MachineId, request: DryRuns[0]);
        await rig.Get<RunRecorder>().QueuedAsync(run, DeskRig.Admin, default);
        run.Apply(Examples.End(outcome,
            result: outcome is RunOutcome.Succeeded or RunOutcome.Incomplete ? new() { DryRun = true, FilesTotal = 5 }
                : null));
        await rig.Get<RunRecorder>().EndedAsync(run);
    }
}
