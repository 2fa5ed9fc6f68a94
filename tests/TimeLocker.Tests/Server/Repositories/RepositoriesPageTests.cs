using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Tests.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

public sealed class RepositoriesPageTests : PageContext, IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        Services.AddSingleton(rig.Get<RepositoryCatalog>()).AddSingleton(rig.Get<PlanCatalog>());
    }

    async Task IAsyncLifetime.DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_repository_on_the_disk_of_what_it_saves_says_so_in_the_list()
    {
        var (place, other) = (await rig.RepositoryAsync("here"), await rig.RepositoryAsync("elsewhere"));
        var plan = await rig.PlanAsync(place, "plan", rig.Write("data/file"));
        await rig.BackupAsync(plan);
        await rig.PlanAsync(other, "unproven", rig.In("data"));
        await using (var db = await rig.DatabaseAsync())
        {
            await db.Repositories.Where(r => r.Id == other.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.RecoveryConfirmedAt, place.CreatedAt));
        }

        Said(place.Id).ShouldBe(["Same disk", "Recovery kit"]);
        Said(other.Id).ShouldBeEmpty("nothing has been seen of it yet");
        await rig.Get<PlanCatalog>().ArchiveAsync(plan.Id, DeskRig.Admin);
        Said(place.Id).ShouldBe(["Recovery kit"]);
    }

    private List<string> Said(Guid place) =>
        [.. Render<RepositoriesPage>(p => p.AddCascadingValue(DeskRig.Admin))
            .FindAll($"a[href='repositories/{place}'] .muted .badge").Select(b => b.TextContent.Trim())];
}
