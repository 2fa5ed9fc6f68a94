using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Agent;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

/// <summary>
/// A machine uses the repositories that it was allowed to use, and one of a repository's machines looks after it.
/// </summary>
public sealed class RepositoryMachinesTests : IAsyncLifetime
{
    private readonly Guid laptop = Guid.NewGuid();
    private DeskRig rig = null!;
    private LocalAgent there = null!;
    private Repository place = null!;

    private RepositoryMachines Machines => rig.Get<RepositoryMachines>();

    private Guid Here => rig.Get<AgentRegistry>().LocalId;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        await using (var db = await rig.DatabaseAsync())
        {
            db.Machines.Add(new() { Id = laptop, Name = "laptop", Host = "laptop", Home = rig.Root });
            await db.SaveChangesAsync();
        }

        // Another agent on the same disk: as a machine on which the folder is mounted at the same place.
        there = new LocalAgent(rig.In("laptop"), TimeProvider.System, new ResticBinary());
        rig.Get<AgentRegistry>().Connect(laptop, there);
        place = await rig.RepositoryAsync();
    }

    public async Task DisposeAsync()
    {
        await there.DisposeAsync();
        await rig.DisposeAsync();
    }

    [Fact]
    public async Task The_machine_that_a_repository_was_added_from_reaches_it_and_looks_after_it()
    {
        var only = (await Machines.ListAsync(place.Id)).ShouldHaveSingleItem();
        (only.Id, only.IsHome, only.IsAway).ShouldBe((Here, true, false));

        var other = await rig.Get<NewRepositories>().AddAsync(
            new() { Name = "other", Values = new() { ["path"] = rig.In("other") }, Create = true, MachineId = laptop },
            DeskRig.Admin);
        (other.HomeId, other.IsReachedFrom(Here)).ShouldBe((laptop, false));
    }

    [Fact]
    public async Task Plan_restore_and_copy_of_a_machine_that_does_not_reach_it_are_refused_and_work_once_it_may()
    {
        var copy = await rig.Get<NewRepositories>().AddAsync(
            new() { Name = "copy", Values = new() { ["path"] = rig.In("copy") }, Create = true, CopyOf = place.Id }, DeskRig.Admin);
        var snapshot = (await rig.BackupAsync(await rig.PlanAsync(place, "own", rig.Write("data/file")))).SnapshotId!;
        NewRestore restore = new() { RepositoryId = place.Id, Snapshot = snapshot, MachineId = laptop, Target = rig.In("back") };

        (await RefusedAsync(() => PlanAsync("laptop"))).What.Full.ShouldBe("“laptop” does not reach “place”.");
        (await RefusedAsync(() => rig.Get<RestoreRuns>().StartAsync(restore,
            DeskRig.Admin))).What.Full.ShouldBe("“laptop” does not reach “place”.");

        await Machines.AllowAsync(place.Id, laptop, home: false, DeskRig.Admin);
        var plan = await PlanAsync("laptop");
        plan.MachineId.ShouldBe(laptop);
        var (backup, restored) = (await rig.BackupAsync(plan),
            await rig.EndAsync(await rig.Get<RestoreRuns>().StartAsync(restore, DeskRig.Admin)));
        (backup.Outcome, backup.MachineId).ShouldBe((RunOutcome.Succeeded, laptop));
        (restored.Outcome, restored.MachineId).ShouldBe((RunOutcome.Succeeded, laptop));

        await Machines.AllowAsync(copy.Id, laptop, home: true, DeskRig.Admin);
        var copied = await rig.EndAsync(await rig.Get<CopyRuns>().StartAsync(place.Id, new(), DeskRig.Admin));
        copied.MachineId.ShouldBe(laptop, "it looks after the copy and reaches both");
        await Machines.WithdrawAsync(copy.Id, Here, DeskRig.Admin);
        (await RefusedAsync(() => Machines.WithdrawAsync(place.Id, laptop, DeskRig.Admin))).Why.Full.ShouldContain("“laptop”");
        await rig.Get<PlanCatalog>().ArchiveAsync(plan.Id, DeskRig.Admin);
        (await RefusedAsync(() => Machines.WithdrawAsync(place.Id, laptop,
            DeskRig.Admin))).Why.Full.ShouldContain("reaches both it and “copy”");

        // Only a damaged table still has two that no machine reaches.
        await using var db = await rig.DatabaseAsync();
        await db.RepositoryReach.Where(m => m.RepositoryId == place.Id && m.MachineId == laptop).ExecuteDeleteAsync();
        (await RefusedAsync(() => rig.Get<CopyRuns>().StartAsync(place.Id, new(),
            DeskRig.Admin))).Why.Full.ShouldContain("No machine reaches both");
    }

    [Fact]
    public async Task One_that_does_not_reach_it_is_not_allowed()
    {
        var usb = await rig.Get<NewRepositories>()
            .AddAsync(new() { Name = "usb", Values = new() { ["path"] = rig.In("usb") }, Create = true },
            DeskRig.Admin);
        Directory.Move(rig.In("usb"), rig.In("usb-gone"));

        var refused = await RefusedAsync(() => Machines.AllowAsync(usb.Id, laptop, home: false, DeskRig.Admin));

        refused.What.Full.ShouldBe("“laptop” does not reach “usb”.");
        refused.Next.Full.ShouldBe(
            "A folder is on one machine's disk. On another it must be a share that is mounted at the same place.");
        (await Machines.ListAsync(usb.Id)).Count.ShouldBe(1);
        await RefusedAsync(() => Machines.AllowAsync(usb.Id, Guid.NewGuid(), home: false, DeskRig.Admin), ProblemKind.NotFound);
        rig.Get<AgentRegistry>().Disconnect(laptop);
        await RefusedAsync(() => Machines.AllowAsync(place.Id, laptop, home: false, DeskRig.Admin), ProblemKind.Unavailable);
    }

    [Fact]
    public async Task Another_machine_can_look_after_it_and_then_its_checks_are_done_there()
    {
        (await RefusedAsync(() => Machines.WithdrawAsync(place.Id, Here,
            DeskRig.Admin))).Why.Full.ShouldBe("No other machine reaches it.");

        var machines = await Machines.AllowAsync(place.Id, laptop, home: true, DeskRig.Admin);

        machines.Select(m => (m.Id, m.IsHome)).ShouldBe([(laptop, true), (Here, false)]);
        (await rig.EndAsync(await rig.Get<StatsRuns>().StartAsync(place.Id, DeskRig.Admin))).MachineId.ShouldBe(laptop);
        (await RefusedAsync(() => Machines.WithdrawAsync(place.Id, laptop,
            DeskRig.Admin))).Next.Full.ShouldBe("Let another machine look after it first.");
        await Machines.WithdrawAsync(place.Id, Here, DeskRig.Admin);
        (await Machines.ListAsync(place.Id)).Select(m => m.Id).ShouldBe([laptop]);
        await RefusedAsync(() => Machines.WithdrawAsync(place.Id, Here, DeskRig.Admin), ProblemKind.NotFound);
        await rig.Get<RepositoryCatalog>().RemoveAsync(place.Id, DeskRig.Admin);
    }

    [Fact]
    public async Task A_change_counts_as_one_of_the_repository_and_is_refused_to_who_has_not_seen_the_last_one()
    {
        using var client = await rig.ClientAsync(Role.Admin);
        var path = $"api/v1/repositories/{place.Id}/machines";

        using var allowed = await client.PutAsJsonAsync($"{path}/{laptop}", new { revision = 1 });
        var listed = (await allowed.Content.ReadFromJsonAsync<JsonNode>())!["items"]!.AsArray();
        using var late = await client.PutAsJsonAsync($"{path}/{laptop}", new { home = true, revision = 1 });
        var told = (await late.Content.ReadFromJsonAsync<JsonNode>())!["meanwhile"]!["changes"]![0]!;

        listed.Select(m => (string)m!["name"]!).Last().ShouldBe("laptop");
        ((int)allowed.StatusCode, (int)late.StatusCode).ShouldBe((200, 409));
        ((string?)told["field"], (string?)told["words"]).ShouldBe(("machines", "+ “laptop”"));
        ((int)(await client.GetFromJsonAsync<JsonNode>($"api/v1/repositories/{place.Id}"))!["revision"]!).ShouldBe(2);
        (await client.DeleteAsync($"{path}/{laptop}?revision=2")).IsSuccessStatusCode.ShouldBeTrue();
        (await Machines.ListAsync(place.Id)).Count.ShouldBe(1);
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.CountAsync(e => EF.Property<string>(e, "Kind").StartsWith("repository.machine-"))).ShouldBe(2);
    }

    [Fact]
    public async Task It_is_for_admins()
    {
        var other = DeskRig.Actor(Role.Operator);
        await RefusedAsync(() => Machines.AllowAsync(place.Id, laptop, home: false, other), ProblemKind.Forbidden);
        await RefusedAsync(() => Machines.WithdrawAsync(place.Id, laptop, other), ProblemKind.Forbidden);
    }

    private Task<TimeLocker.Core.Plans.BackupPlan> PlanAsync(string name) => rig.Get<PlanCatalog>().CreateAsync(
        new() { Name = name, RepositoryId = place.Id, MachineId = laptop, Sources = [rig.In("data")] }, DeskRig.Admin);

    private static async Task<Problem> RefusedAsync(Func<Task> change, ProblemKind kind = ProblemKind.Conflict)
    {
        var fault = await Should.ThrowAsync<ProblemException>(change);
        fault.Kind.ShouldBe(kind);
        return fault.Problem;
    }
}
