using Bunit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Repositories;
using TimeLocker.Tests.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Repositories;

public sealed class RepositoryFormTests : PageContext, IAsyncLifetime
{
    private DeskRig rig = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        await rig.Get<AgentRegistry>().DescribeLocalAsync(default);
        await using var db = await rig.DatabaseAsync();
        (await db.Machines.SingleAsync()).Programs = ["ssh"];
        await db.SaveChangesAsync();
        Services.AddSingleton(rig.Get<RepositoryCatalog>()).AddSingleton(rig.Get<NewRepositories>())
            .AddSingleton(rig.Get<BackendCatalog>());
    }

    async Task IAsyncLifetime.DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public void Each_kind_asks_for_its_own_fields_and_what_the_machine_lacks_is_explained()
    {
        var form = Form();
        form.FindAll("#backend option").Count.ShouldBe(rig.Get<BackendCatalog>().All.Count);
        form.Find("#backend option[value=smb]").HasAttribute("disabled").ShouldBeTrue();
        form.Find("#backend option[value=sftp]").HasAttribute("disabled").ShouldBeFalse();
        form.Find("details li").TextContent.ShouldContain("rclone is missing");
        form.FindAll("#repository-region").ShouldBeEmpty();

        form.Find("#backend").Change("s3");
        form.Find("#field-secretAccessKey").GetAttribute("type").ShouldBe("password");
        form.FindAll("#field-path").ShouldBeEmpty();

        form.Find("#backend").Change("sftp");
        form.FindAll("fieldset legend").Select(l => l.TextContent).ShouldContain("TimeLocker's key");
        form.FindAll("#field-hostKey").ShouldHaveSingleItem();
        form.Find("#repository-region").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_place_is_tested_and_then_saved()
    {
        Repository? saved = null;
        var form = Form(r => saved = r);
        form.Find("#field-path").Change(rig.In("here"));
        form.Find("#repository-name").Input("Here");

        await form.FindAll("button").Single(b => b.TextContent == "Test").ClickAsync(new());
        form.Find(".message.success").TextContent.ShouldContain("This place can be used.");
        await form.Find("form").SubmitAsync();

        (saved.ShouldNotBeNull().Name, File.Exists(rig.In("here", "config"))).ShouldBe(("Here", true));
    }

    private IRenderedComponent<RepositoryForm> Form(Action<Repository>? saved = null) =>
        Render<RepositoryForm>(p => p.AddCascadingValue(DeskRig.Admin).Add(c => c.Saved, saved ?? (_ => { })));
}
