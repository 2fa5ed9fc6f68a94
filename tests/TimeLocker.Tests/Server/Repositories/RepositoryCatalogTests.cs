using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Repositories;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

public sealed class RepositoryCatalogTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private RepositoryCatalog repositories = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        repositories = rig.Get<RepositoryCatalog>();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData("path", "relative")]
    [InlineData("path", "")]
    [InlineData("path", "/")]
    [InlineData("path", "/a\nb")]
    [InlineData("pathh", "/a")]
    public async Task A_value_that_must_not_reach_restic_is_refused(string field, string value)
    {
        var wanted = new NewRepository { Name = "x", Values = new() { [field] = value }, Create = true };

        (await Should.ThrowAsync<ProblemException>(() => rig.Get<NewRepositories>().AddAsync(wanted,
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        (await repositories.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_could_not_be_added_leaves_no_secret_behind()
    {
        var wanted = new NewRepository { Name = "x", Values = new() { ["path"] = rig.In("nothing") }, Password = "some password" };

        await Should.ThrowAsync<ProblemException>(() => rig.Get<NewRepositories>().AddAsync(wanted, DeskRig.Admin));
        await Should.ThrowAsync<ProblemException>(() => rig.Get<NewRepositories>()
            .AddAsync(wanted with { Backend = "s3" }, DeskRig.Admin));
        await Should.ThrowAsync<ProblemException>(() => rig.Get<NewRepositories>()
            .AddAsync(wanted with { Password = " blank " }, DeskRig.Admin));
        await Should.ThrowAsync<ProblemException>(() => rig.Get<NewRepositories>()
            .AddAsync(wanted with { Password = null }, DeskRig.Admin));

        await using var db = await rig.DatabaseAsync();
        (await db.Secrets.Where(s => s.Owner.StartsWith("repository:")).CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_adds_a_repository_and_says_nothing_has_it_checked_and_pruned()
    {
        var zone = TimeProvider.System.LocalTimeZone is { HasIanaId: true } local ? local.Id : "UTC";
        (await rig.RepositoryAsync()).MaintenanceSchedules.ShouldBe(UsualMaintenance.Of(appendOnly: false, zone));
        (await repositories.ListAsync())[0].MaintenanceSchedules.ShouldBe(UsualMaintenance.Of(appendOnly: false, zone),
            "after it was read back");

        var wanted = new NewRepository { Name = "bare", Values = new() { ["path"] = rig.In("bare") }, Create = true };
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<NewRepositories>()
            .AddAsync(wanted with { MaintenanceSchedules = [new(RunKind.Check, new("nonsense", "UTC"))] },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
        Directory.Exists(rig.In("bare")).ShouldBeFalse("refused before anything was made");
        (await rig.Get<NewRepositories>().AddAsync(wanted with { MaintenanceSchedules = [] },
            DeskRig.Admin)).MaintenanceSchedules.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_test_changes_nothing()
    {
        (await rig.Get<NewRepositories>().TestAsync(new() { Values = new() { ["path"] = rig.In("free") } },
            DeskRig.Admin)).State.ShouldBe(RepositoryState.Missing);

        Directory.Exists(rig.In("free")).ShouldBeFalse();
    }

    [Fact]
    public async Task Another_name_is_unique_too()
    {
        var place = await rig.RepositoryAsync();
        await rig.RepositoryAsync("other");
        await rig.Get<RepositoryChanges>().UpdateAsync(place.Id, new() { Name = "  The cupboard " }, DeskRig.Admin);

        (await repositories.GetAsync(place.Id)).Name.ShouldBe("The cupboard");
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
            new() { Name = "other" }, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Conflict);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryChanges>().UpdateAsync(place.Id,
            new() { Name = "a\nb" }, DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Invalid);
    }
}
