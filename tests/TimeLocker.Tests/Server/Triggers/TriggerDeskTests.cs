using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Triggers;
using Xunit;

namespace TimeLocker.Tests.Server.Triggers;

public sealed class TriggerDeskTests : IAsyncLifetime
{
    private readonly Bell bell = new();
    private DeskRig rig = null!;
    private Repository place = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        rig.Agent.Extra.Add(bell);
        place = await rig.RepositoryAsync();
        rig.Write("data/file");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task An_event_starts_a_backup_that_says_why_and_rests_afterwards()
    {
        var plan = await PlanAsync("Papers", At("front"));

        bell.Ring("front", "The postman rang.");
        var run = await OneRunAsync(plan);
        bell.Ring("front", "The postman rang again.");
        await DeskRig.UntilAsync(async () => (await StateAsync(plan)).Says?.Full.Contains("again",
            StringComparison.Ordinal) == true);

        (run.Cause, run.Outcome,
            (run.Request as BackupRequest)?.Why?.Full).ShouldBe((RunCause.Trigger, RunOutcome.Succeeded,
                "The postman rang."));
        var state = await StateAsync(plan);
        state.Trigger.Last!.Why.Full.ShouldBe("The postman rang.");
        state.Says!.Full.ShouldBe("The postman rang again. Nothing was started: the last start is less than 60 minutes ago.");
        (await RunsAsync(plan)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_check_is_started_too_and_retention_only_where_somebody_can_do_it()
    {
        var plan = await PlanAsync("Papers", At("front") with { Action = TriggerAction.Check },
            At("back") with { Action = TriggerAction.Retention });

        bell.Ring("front");
        await DeskRig.UntilAsync(async () => (await AllRunsAsync()).Any(r => r is { Kind: RunKind.Check, HasEnded: true }));
        bell.Ring("back");

        (await AllRunsAsync()).Single().Cause.ShouldBe(RunCause.Trigger);
        await DeskRig.UntilAsync(async () => (await rig.Get<TriggerDesk>()
            .OfAsync(plan.Id))[1] is { Trigger.Last: not null } or { Trouble: not null });
    }

    [Fact]
    public async Task A_changed_plan_is_watched_anew_and_what_stayed_goes_on()
    {
        var plan = await PlanAsync("Papers", At("front"), At("back"));
        await DeskRig.UntilAsync(() => Task.FromResult(bell.Listening == 2));

        await ChangeAsync(plan, At("front") with { PauseMinutes = 5 }, At("side"));
        await DeskRig.UntilAsync(() => Task.FromResult(bell.Watches == 3 && bell.Listening == 2));
        await rig.Get<PlanCatalog>().ArchiveAsync(plan.Id, DeskRig.Admin);
        await DeskRig.UntilAsync(() => Task.FromResult(bell.Listening == 0));

        bell.Watches.ShouldBe(3);
    }

    [Fact]
    public async Task What_cannot_be_watched_says_why()
    {
        bell.Broken = new(Text.Verbatim("The bell is broken."), Text.Verbatim("It has no battery."), Text.Verbatim("Buy one."));
        var plan = await PlanAsync("Papers", At("front"));

        await DeskRig.UntilAsync(async () => (await StateAsync(plan)).Trouble?.What.Full == "The bell is broken.");

        (await StateAsync(plan)).Watching.ShouldBeFalse();
    }

    [Fact]
    public async Task A_plan_begins_after_another_and_two_cannot_begin_after_each_other()
    {
        var (first, second) = (await PlanAsync("First"), await PlanAsync("Second"));
        await ChangeAsync(second, After(first));
        (await Should.ThrowAsync<ProblemException>(() => ChangeAsync(first,
            After(second)))).Problem.What.Full.ShouldContain("for ever");
        (await Should.ThrowAsync<ProblemException>(() => ChangeAsync(first,
            After(first)))).Problem.What.Full.ShouldContain("for ever");
        (await Should.ThrowAsync<ProblemException>(() => ChangeAsync(first,
            new PlanTrigger("after-plan", new Dictionary<string, string> { ["plan"] = $"{Guid.NewGuid()}" },
                TriggerAction.Backup)))).Problem.What.Full.ShouldContain("not there");
        await DeskRig.UntilAsync(async () => (await StateAsync(second)).Watching);

        await rig.BackupAsync(first);

        ((await OneRunAsync(second)).Request as BackupRequest)!.Why!.Full.ShouldBe("The backup “First” succeeded.");
    }

    [Fact]
    public async Task A_large_repository_and_many_snapshots_are_noticed_when_a_run_has_ended()
    {
        var plan = await PlanAsync("Papers",
            new("snapshot-count", new Dictionary<string, string> { ["above"] = "1" }, TriggerAction.Check),
            new("repository-size", new Dictionary<string, string> { ["above"] = "1 MiB" }, TriggerAction.Check));
        await DeskRig.UntilAsync(async () => (await rig.Get<TriggerDesk>().OfAsync(plan.Id)).All(s => s.Watching));
        await rig.BackupAsync(plan);
        rig.Write("data/large", Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4 << 20)));

        await rig.BackupAsync(plan);

        await DeskRig.UntilAsync(async () => (await rig.Get<TriggerDesk>()
            .OfAsync(plan.Id)).All(s => s.Trigger.Last is not null || s.Says is not null));
        await DeskRig.UntilAsync(async () =>
            (await AllRunsAsync()).Count(r => r is { Kind: RunKind.Check, Cause: RunCause.Trigger }) is 1 or 2);
    }

    [Fact]
    public async Task A_call_over_the_api_starts_what_waits_for_it_and_is_refused_where_nothing_does()
    {
        var (waits, deaf) = (await PlanAsync("Waits",
            new PlanTrigger("call", new Dictionary<string, string>(), TriggerAction.Backup) { PauseMinutes = 600 }),
            await PlanAsync("Deaf"));
        using var client = await rig.ClientAsync(Role.Operator);
        using var viewer = await rig.ClientAsync(Role.Viewer);

        using var fired = await client.PostAsync($"api/v1/plans/{waits.Id}/fire", null);
        var answer = JsonNode.Parse(await fired.Content.ReadAsStringAsync())!;
        fired.StatusCode.ShouldBe(HttpStatusCode.OK, answer.ToJsonString());
        var run = await OneRunAsync(waits);
        using var again = await client.PostAsJsonAsync($"api/v1/plans/{waits.Id}/fire?why=the%20dump%20is%20done",
            new { any = "body" });
        using var refused = await client.PostAsJsonAsync($"api/v1/plans/{deaf.Id}/fire", new { });
        using var forbidden = await viewer.PostAsJsonAsync($"api/v1/plans/{waits.Id}/fire", new { });

        (answer["runs"]![0]!["id"]!.ToString(), (run.Request as BackupRequest)!.Why!.Full).ShouldBe(($"{run.Id}", "Called."));
        DateTimeOffset.Parse(JsonNode.Parse(await again.Content.ReadAsStringAsync())!["startsAt"]!.ToString(), null)
            .ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().AddHours(9));
        (refused.StatusCode, forbidden.StatusCode).ShouldBe((HttpStatusCode.Conflict, HttpStatusCode.Forbidden));
        using var kinds = await viewer.GetAsync("api/v1/triggers");
        JsonNode.Parse(await kinds.Content.ReadAsStringAsync())!["items"]!.AsArray().Select(k => k!["kind"]!.ToString())
            .ShouldBe(["files", "volume", "boot", "shutdown", "network", "space", "bell", "call", "after-plan",
                "repository-size", "snapshot-count"]);
    }

    private static PlanTrigger At(string door) =>
        new("bell", new Dictionary<string, string> { ["door"] = door }, TriggerAction.Backup);

    private static PlanTrigger After(BackupPlan plan) =>
        new("after-plan", new Dictionary<string, string> { ["plan"] = $"{plan.Id}" }, TriggerAction.Backup);

    private async Task<BackupPlan> PlanAsync(string name, params PlanTrigger[] triggers) =>
        await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = name,
                RepositoryId = place.Id,
                Sources = [rig.In("data")],
                Triggers = triggers,
            }, DeskRig.Admin);

    private async Task ChangeAsync(BackupPlan plan, params PlanTrigger[] triggers) =>
        await rig.Get<PlanCatalog>().UpdateAsync(plan.Id,
            NewPlan.From(await rig.Get<PlanCatalog>().GetAsync(plan.Id)) with { Triggers = triggers }, DeskRig.Admin);

    private async Task<TriggerState> StateAsync(BackupPlan plan) => (await rig.Get<TriggerDesk>().OfAsync(plan.Id))[0];

    private async Task<List<Run>> AllRunsAsync()
    {
        await using var db = await rig.DatabaseAsync();
        return await db.Runs.AsNoTracking().Where(r => r.Kind == RunKind.Check).ToListAsync();
    }

    private async Task<List<Run>> RunsAsync(BackupPlan plan)
    {
        await using var db = await rig.DatabaseAsync();
        return await db.Runs.AsNoTracking().Where(r => r.PlanId == plan.Id).ToListAsync();
    }

    private async Task<Run> OneRunAsync(BackupPlan plan)
    {
        await DeskRig.UntilAsync(async () => (await RunsAsync(plan)).Any(r => r.HasEnded));
        return (await RunsAsync(plan)).ShouldHaveSingleItem();
    }
}
