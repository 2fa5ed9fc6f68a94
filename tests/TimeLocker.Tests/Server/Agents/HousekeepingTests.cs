using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Tests.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Agents;

/// <summary>Clean-up by its rules, and rules for resources, as the desks and the API know them.</summary>
public sealed class HousekeepingTests : IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync() => rig = await DeskRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private Housekeeping Desk => rig.Get<Housekeeping>();

    private async Task<Guid> RestoreAsync(Guid repository, string folder, RunOutcome outcome, bool begun = true)
    {
        var plain = Examples.Run(repository, machine: rig.Get<AgentRegistry>().LocalId);
        var run = new Run
        {
            Id = Guid.CreateVersion7(),
            Kind = RunKind.Restore,
            Cause = plain.Cause,
            RepositoryId = repository,
            MachineId = plain.MachineId,
            Title = Text.Verbatim("restore"),
            RequestedBy = "u_1",
            Request = new RestoreRequest(new string('1', 64), [], folder, OverwriteMode.Never, false, false),
            QueuedAt = plain.QueuedAt,
        };
        var recorder = rig.Get<RunRecorder>();
        await recorder.QueuedAsync(run, DeskRig.Admin, default);
        if (begun)
        {
            run.Apply(new RunStarted("restic restore", "0.19.1") { At = Examples.Noon });
        }

        run.Apply(new RunEnded(outcome, null, null,
            new(Text.Verbatim("a"), Text.Verbatim("b"), Text.Verbatim("c")))
        { At = Examples.Noon });
        await recorder.EndedAsync(run);
        return run.Id;
    }

    [Fact]
    public async Task Only_folders_of_restores_that_were_cut_off_are_offered_and_go_only_when_named()
    {
        var place = await rig.RepositoryAsync();
        foreach (var name in (string[])["cut", "own", "whole", "keep"])
        {
            rig.Write($"{name}/file");
        }

        await RestoreAsync(place.Id, rig.In("cut"), RunOutcome.Cancelled);
        await RestoreAsync(place.Id, rig.In("keep"), RunOutcome.Interrupted);
        // it was not empty, so the restore was refused: the files are somebody's
        await RestoreAsync(place.Id, rig.In("own"), RunOutcome.Failed, begun: false);
        await RestoreAsync(place.Id, rig.In("whole"), RunOutcome.Failed);
        await RestoreAsync(place.Id, rig.In("whole"), RunOutcome.Succeeded);
        await RestoreAsync(place.Id, rig.In("gone"), RunOutcome.Failed);

        (await Desk.StateAsync(DeskRig.Actor(Role.Operator))).Restores.Select(r => r.Path).Order()
            .ShouldBe([rig.In("cut"), rig.In("keep")]);
        (await Should.ThrowAsync<ProblemException>(() => Desk.CleanUpAsync(new(Restores: [rig.In("own")]),
            DeskRig.Admin))).Problem.What.Full.ShouldContain("is not removed");
        await Should.ThrowAsync<ProblemException>(() => Desk.CleanUpAsync(new(), DeskRig.Actor(Role.Operator)));
        (await Desk.CleanUpAsync(new(DryRun: true, Restores: [rig.In("cut")]), DeskRig.Admin)).Freed.Select(f => f.Path)
            .ShouldBe([rig.In("cut")]);
        Directory.Exists(rig.In("cut")).ShouldBeTrue();

        await Desk.CleanUpAsync(new(Restores: [rig.In("cut")]), DeskRig.Admin);

        ((string[])["cut", "own", "whole", "keep"]).Where(name => Directory.Exists(rig.In(name)))
            .ShouldBe(["own", "whole", "keep"]);
        (await Desk.StateAsync(DeskRig.Admin)).Last!.Freed.Select(f => f.Path).ShouldBe([rig.In("cut")]);
    }

    [Fact]
    public async Task Logs_go_by_age_and_by_number_and_the_cache_of_a_removed_repository_with_the_next_clean_up()
    {
        var place = await rig.RepositoryAsync();
        var plan = await rig.PlanAsync(place, "plan", rig.Write("data/file"));
        var (first, second) = (await rig.BackupAsync(plan), await rig.BackupAsync(plan));
        using var client = await rig.ClientAsync(Role.Admin);

        (await Desk.CleanUpAsync(new(), Actor.System)).Count.ShouldBe(0);
        (await Desk.StateAsync(DeskRig.Admin)).Held["cache"].ShouldBeGreaterThan(0);
        (await client.PutAsJsonAsync("api/v1/cleanup/policy?revision=1",
            new { logDays = -1 })).StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        (await client.PutAsJsonAsync("api/v1/cleanup/policy?revision=1",
            new { logDays = 90, logCount = 1, cacheMiB = 0 })).EnsureSuccessStatusCode();
        await rig.Get<PlanCatalog>().ArchiveAsync(plan.Id, DeskRig.Admin);
        await rig.Get<RepositoryCatalog>().RemoveAsync(place.Id, DeskRig.Admin);
        Directory.SetLastWriteTimeUtc(rig.In("state/cache", place.ResticId),
            TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1));

        var state = JsonNode.Parse(await client.GetStringAsync("api/v1/cleanup"))!;
        state["due"]!["freed"]!.AsArray().Select(f => f!["what"]!.ToString()).Order().ShouldBe(["cache", "log"]);
        state["held"]!["log"]!.GetValue<long>()
            .ShouldBeGreaterThan(state["due"]!["freed"]!.AsArray().Where(f => f!["what"]!.ToString() == "log")
                .Sum(f => f!["bytes"]!.GetValue<long>()));
        using var answer = await client.PostAsJsonAsync("api/v1/cleanup", new { });
        answer.EnsureSuccessStatusCode();

        Directory.Exists(rig.In("state/cache", place.ResticId)).ShouldBeFalse();
        Directory.Exists(rig.In("state/runs", first.Id.ToString("N"))).ShouldBeFalse();
        Directory.Exists(rig.In("state/runs", second.Id.ToString("N"))).ShouldBeTrue();
    }

    [Fact]
    public async Task Sources_that_shrank_ask_and_a_persons_word_runs_the_backup()
    {
        var place = await rig.RepositoryAsync();
        for (var i = 0; i < 10; i++)
        {
            rig.Write($"data/{i}");
        }

        var plan = await rig.PlanAsync(place, "plan", rig.In("data"));
        (await rig.BackupAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
        for (var i = 0; i < 6; i++)
        {
            File.Delete(rig.In($"data/{i}"));
        }

        var asked = await rig.BackupAsync(plan);

        (asked.Outcome, asked.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "Most of the files are gone."));
        asked.Problem.Why.Full.ShouldContain("10 files; now there are 4");
        (await rig.Get<RunHistory>().GetAsync(asked.Id, DeskRig.Admin)).Checks[^1]
            .ShouldSatisfyAllConditions(c => c.Name.ShouldBe(RunCheck.Shrunken),
            c => c.Level.ShouldBe(CheckLevel.Failed));

        using var client = await rig.ClientAsync(Role.Operator);
        using var answer = await client.PostAsJsonAsync($"api/v1/plans/{plan.Id}/runs", new { evenIfShrunk = true });
        var id = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.GetValue<Guid>();
        await Agent.AgentRig.UntilAsync(() => rig.Get<RunFeed>().Current(id) is null);
        (await rig.Get<RunHistory>().GetAsync(id, DeskRig.Admin)).Outcome.ShouldBe(RunOutcome.Succeeded);
        (await rig.BackupAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded); // four files are the measure now

        rig.Write("other/file");
        await rig.Get<PlanCatalog>().UpdateAsync(plan.Id, NewPlan.From(plan) with { Sources = [rig.In("other")] }, DeskRig.Admin);
        (await rig.BackupAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded); // other sources have another measure
    }

    [Fact]
    public async Task Rules_of_plan_and_repository_are_kept_checked_and_reach_restic_the_stricter_first()
    {
        var place = await rig.RepositoryAsync();
        using var client = await rig.ClientAsync(Role.Admin);
        (await client.PutAsJsonAsync($"api/v1/repositories/{place.Id}",
            new { resources = new { packSize = 1 } })).StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        using var changed = await client.PutAsJsonAsync($"api/v1/repositories/{place.Id}",
            new
            {
                name = "slow place",
                resources = new
                {
                    upload = 5000,
                    priority = "low",
                    windows = new[] { new { days = new[] { "monday" }, from = "08:00", to = "18:00:00",
                        upload = 100 } }
                }
            });
        changed.IsSuccessStatusCode.ShouldBeTrue(await changed.Content.ReadAsStringAsync());
        var plan = await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = "plan",
                RepositoryId = place.Id,
                Sources = [rig.Write("data/file")],
                Options = new() { Resources = new() { Upload = 9000, Download = 700, Processors = 1 } },
            }, DeskRig.Admin);
        await rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
            new()
            {
                Resources = (await rig.Get<RepositoryCatalog>()
                .GetAsync(place.Id)).Resources with
                { Windows = [] }
            }, DeskRig.Admin);

        var run = await rig.BackupAsync(plan);

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        run.Command!.ShouldContain("backup --limit-upload=5000 --limit-download=700 ");
        run.Checks.ShouldContain(check => check.Name == "priority");
        var kept = await rig.Get<RepositoryCatalog>().GetAsync(place.Id);
        (kept.Name, kept.Resources.Priority).ShouldBe(("slow place", Priority.Low));
        (await rig.Get<PlanCatalog>().GetAsync(plan.Id)).Options.Resources.Processors.ShouldBe(1);
    }
}
