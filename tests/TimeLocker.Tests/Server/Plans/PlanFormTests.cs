using System.Text.RegularExpressions;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Retention;
using TimeLocker.Tests.Core.Plans;
using TimeLocker.Tests.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Plans;

/// <summary>Whatever a plan can be told has its place on the pages.</summary>
public sealed partial class PlanFormTests : PageContext, IAsyncLifetime
{
    private static readonly FolderSource Disk = new("/home/me",
        path => Task.FromResult(new MachineFolder(path, null, [], null)),
        _ => Task.FromResult(new FolderSize(1, 1, true)))
    {
        Hooks = () => Task.FromResult(new HookFolder("/etc/timelocker/hooks", [new("dump-shop", null)], null)),
    };

    private DeskRig rig = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddSingleton(rig.Get<PolicyCatalog>()).AddSingleton(rig.Get<PlanCatalog>()).AddSingleton(rig.Get<AgentRegistry>());
    }

    async Task IAsyncLifetime.DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public void Each_setting_is_drawn_where_it_is_set()
    {
        Drawn(new()).ShouldBe(Drawn(new()));

        EachSetting.Paths.Where(path => Drawn(EachSetting.Changed(path)) == Drawn(EachSetting.Usual(path))).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_typed_is_in_the_plan_and_nothing_else()
    {
        var draft = new PlanDraft { Options = new() { ExcludePresets = ["build"] } };
        var changes = 0;
        var form = Render<PlanForm>(p => p.AddCascadingValue(DeskRig.Admin).Add(c => c.Draft, draft).Add(c => c.Folders,
            Disk).Add(c => c.Existing, true).Add(c => c.Changed, () => changes++));

        form.Find("#plan-excludes").Change("*.iso\n\n /tmp ");
        form.Find("#plan-present").Change(".nobackup");
        form.Find("#plan-tags").Change("home, , office");
        form.Find("#plan-compression").Change(Compression.Max);
        form.Find(".choices input").Change(true); // the first preset: caches
        form.Find("#plan-tries").Change(7);
        form.Find("#plan-wait").Change(9);
        form.Find("#plan-program").Change("dump-shop");
        form.Find("#plan-program-path").Change("/shop.sql");
        form.Find("#plan-program").Change("");
        form.Find("#plan-program").Change("dump-shop");

        var (options, usual) = (draft.Wanted.Options, new BackupOptions());
        options.Excludes.ShouldBe(["*.iso", "/tmp"]);
        options.ExcludeIfPresent.ShouldBe([".nobackup"]);
        options.Tags.ShouldBe(["home", "office"]);
        options.ExcludePresets.ShouldBe(["caches", "build"]);
        (options.Compression, options.Retries,
            options.Command).ShouldBe((Compression.Max, new() { Times = 7, FirstAfterMinutes = 9 },
                new("dump-shop", "/shop.sql")));
        (options.ExcludeCaches, options.OneFileSystem, options.Conditions,
            options.Hooks.Count).ShouldBe((usual.ExcludeCaches, usual.OneFileSystem, usual.Conditions, 0));
        changes.ShouldBe(11);
    }

    // The form, and the card of the programs, which have a place of their own.
    private string Drawn(BackupOptions options)
    {
        var plan = new BackupPlan
        {
            Id = Guid.Empty,
            Name = "Papers",
            MachineId = rig.Get<AgentRegistry>().LocalId,
            RepositoryId = Guid.Empty,
            Sources = [],
            CreatedAt = Noon,
            Options = options,
        };
        var form = Render<PlanForm>(p => p.AddCascadingValue(DeskRig.Admin).Add(c => c.Draft, PlanDraft.Of(plan, "UTC"))
            .Add(c => c.Folders, Disk));
        var card = Render<HooksCard>(p => p.AddCascadingValue(DeskRig.Admin).Add(c => c.Plan, plan));
        return Handlers().Replace(form.Markup, "")
            + string.Concat(card.FindAll("[aria-labelledby=hooks-title] li strong").Select(name => name.TextContent));
    }

    [GeneratedRegex("blazor:[a-z]+=\"[0-9]+\"")]
    private static partial Regex Handlers();
}
