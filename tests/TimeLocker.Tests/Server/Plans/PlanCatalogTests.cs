using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

public sealed class PlanCatalogTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private PlanCatalog plans = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        plans = rig.Get<PlanCatalog>();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_plan_keeps_its_repository_its_name_is_its_own_and_archived_it_frees_both()
    {
        var (place, other) = (await rig.RepositoryAsync(), await rig.RepositoryAsync("other"));
        var plan = await rig.PlanAsync(place, "Papers", "/a");
        await RefusedAsync(ProblemKind.Conflict, () => rig.PlanAsync(place, "Papers", "/b"));
        await RefusedAsync(ProblemKind.Invalid,
            () => plans.UpdateAsync(plan.Id, NewPlan.From(plan) with { RepositoryId = other.Id }, DeskRig.Admin));
        await RefusedAsync(ProblemKind.Conflict, () => rig.Get<RepositoryCatalog>().RemoveAsync(place.Id, DeskRig.Admin));
        await RefusedAsync(ProblemKind.NotFound,
            () => plans.CreateAsync(NewPlan.From(plan) with { Name = "Far", MachineId = Guid.NewGuid() },
                DeskRig.Admin));

        var changed = await plans.UpdateAsync(plan.Id,
            NewPlan.From(plan) with { Name = "Letters", Sources = ["/a/", "/c"] }, DeskRig.Admin);
        await plans.ArchiveAsync(plan.Id, DeskRig.Admin);

        (changed.Name, string.Join(' ', changed.Sources)).ShouldBe(("Letters", "/a /c"));
        (await plans.ListAsync()).ShouldBeEmpty();
        (await plans.GetAsync(plan.Id)).ArchivedAt.ShouldNotBeNull();
        await rig.PlanAsync(other, "Letters", "/b");
        await rig.Get<RepositoryCatalog>().RemoveAsync(place.Id, DeskRig.Admin);
        await RefusedAsync(ProblemKind.NotFound, () => plans.UpdateAsync(plan.Id, NewPlan.From(plan), DeskRig.Admin));
    }

    private static async Task RefusedAsync(ProblemKind kind, Func<Task> change) =>
        (await Should.ThrowAsync<ProblemException>(change)).Kind.ShouldBe(kind);
}
