using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Server.Repositories;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>That a repository cannot be reached is said no longer than it is so.</summary>
public sealed class ReachedAgainTests
{
    [Fact]
    public async Task A_backup_that_was_made_ends_the_trouble_of_its_repository()
    {
        await using var rig = await DeskRig.StartAsync();
        var place = await rig.RepositoryAsync();
        rig.Write("data/file", "content");
        var plan = await rig.PlanAsync(place, "plan", rig.In("data"));
        await using (var db = await rig.DatabaseAsync())
        {
            (await db.Repositories.SingleAsync()).Trouble = new Problem(Text.Verbatim("It cannot be reached."),
                Text.Verbatim("It was away."), Text.Verbatim("Look."));
            await db.SaveChangesAsync();
        }

        await rig.BackupAsync(plan);

        (await rig.Get<RepositoryCatalog>().GetAsync(place.Id)).Trouble.ShouldBeNull();
    }
}
