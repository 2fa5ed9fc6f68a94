using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Notices;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Plugins;
using TimeLocker.Server.Repositories;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Server.Plugins;

/// <summary>
/// Plugins of a whole server: nothing runs before an Admin has allowed exactly that, and nothing else breaks when it is
/// gone.
/// </summary>
public sealed class PluginDeskTests : IAsyncLifetime
{
    private DeskRig rig = null!;
    private PluginRig plugins = null!;

    private PluginDesk Desk => rig.Get<PluginDesk>();

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        plugins = new(rig.In("plugins"));
        rig.Options = rig.Options with { Plugins = plugins.Folder };
        await rig.RestartAsync();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_server_without_a_folder_has_no_plugins_and_nothing_to_say()
    {
        var list = await Desk.ListAsync(DeskRig.Admin);
        (list.Folder, list.Problem, list.Items.Count).ShouldBe((plugins.Folder, null, 0));
        rig.Options = rig.Options with { Plugins = null };
        await rig.RestartAsync();
        (await Desk.ListAsync(DeskRig.Admin)).Folder.ShouldBeNull();
    }

    [Fact]
    public async Task It_is_off_until_an_Admin_allows_its_hash_and_the_server_starts_again()
    {
        plugins.Misbehaving("Fine");
        await rig.RestartAsync();
        var off = plugins.Of(await Desk.ListAsync(DeskRig.Admin), "Fine");
        (off.State, off.AllowedHash, off.Adds.Count, off.Pending).ShouldBe((PluginState.Off, null, 0, false));
        rig.Get<ChannelKinds>().Find("shout").ShouldBeNull();

        using var client = await rig.ClientAsync(Role.Admin);
        (await client.PostAsJsonAsync("api/v1/plugins",
            new { name = "Fine", hash = new string('0', 64) })).StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict);
        (await client.PostAsJsonAsync("api/v1/plugins", new { name = "Fine", hash = off.Hash })).EnsureSuccessStatusCode();
        var waiting = plugins.Of(await Desk.ListAsync(DeskRig.Admin), "Fine");
        (waiting.State, waiting.Pending).ShouldBe((PluginState.Waiting, true));

        await rig.RestartAsync();
        var runs = plugins.Of(await Desk.ListAsync(DeskRig.Actor(Role.Auditor)), "Fine");
        (runs.State, runs.Pending, runs.Adds.Count).ShouldBe((PluginState.Running, false, 4));
        rig.Get<ChannelKinds>().Find("shout").ShouldNotBeNull();
        (await AuditAsync()).ShouldContain(body => body.Contains("plugin.allowed", StringComparison.Ordinal)
            && body.Contains(off.Hash, StringComparison.Ordinal));

        await Desk.ForbidAsync("Fine", DeskRig.Admin);
        (plugins.Of(await Desk.ListAsync(DeskRig.Admin), "Fine") is { State: PluginState.Ending, Pending: true }).ShouldBeTrue();
        await rig.RestartAsync();
        plugins.Of(await Desk.ListAsync(DeskRig.Admin), "Fine").State.ShouldBe(PluginState.Off);
        rig.Get<ChannelKinds>().Find("shout").ShouldBeNull();
        (await AuditAsync()).ShouldContain(body => body.Contains("plugin.forbidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_an_Admin_allows_and_forbids()
    {
        foreach (var role in (Role[])[Role.Viewer, Role.Operator, Role.Auditor])
        {
            (await Should.ThrowAsync<ProblemException>(() => Desk.AllowAsync(new("Fine", ""),
                DeskRig.Actor(role)))).Kind.ShouldBe(ProblemKind.Forbidden);
            (await Should.ThrowAsync<ProblemException>(() => Desk.ForbidAsync("Fine",
                DeskRig.Actor(role)))).Kind.ShouldBe(ProblemKind.Forbidden);
        }

        (await Should.ThrowAsync<ProblemException>(() => Desk.ListAsync(DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(
            ProblemKind.Forbidden);
        (await Should.ThrowAsync<ProblemException>(() => Desk.AllowAsync(new("Fine", ""),
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.NotFound);
        (await Should.ThrowAsync<ProblemException>(() => Desk.ForbidAsync("Fine",
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.NotFound);
    }

    [Fact]
    public async Task One_whose_files_have_changed_is_off_again_and_everybody_is_told()
    {
        await AllowedAsync("Fine");
        File.AppendAllText(plugins.In("Fine", "Fine.dll"), " ");
        (plugins.Of(await Desk.ListAsync(DeskRig.Admin), "Fine") is { State: PluginState.Changed, Pending: true }).ShouldBeTrue();

        await rig.RestartAsync();

        var changed = plugins.Of(await Desk.ListAsync(DeskRig.Admin), "Fine");
        (changed.State, changed.Pending,
            changed.Problem!.Why.Full).ShouldBe((PluginState.Changed, false,
                "Its files are not those that were allowed."));
        rig.Get<ChannelKinds>().Find("shout").ShouldBeNull();
        (await NoticesAsync()).ShouldHaveSingleItem().Title.Full.ShouldBe("The plugin “Fine” is off.");
        await rig.RestartAsync();
        (await NoticesAsync()).Count.ShouldBe(1); // told once

        await Desk.AllowAsync(new("Fine", changed.Hash), DeskRig.Admin);
        await rig.RestartAsync();
        plugins.Of(await Desk.ListAsync(DeskRig.Admin), "Fine").State.ShouldBe(PluginState.Running);
    }

    [Fact]
    public async Task One_that_does_not_work_leaves_the_server_as_it_was()
    {
        await AllowedAsync("CannotRegister");
        var list = await Desk.ListAsync(DeskRig.Admin);
        (plugins.Of(list, "CannotRegister").State,
            plugins.Of(list, "CannotRegister").Problem!.Why.Full).ShouldBe((PluginState.Faulty,
                "InvalidOperationException: It cannot register."));
        (await NoticesAsync()).ShouldHaveSingleItem();
        await rig.BackupAsync(await rig.PlanAsync(await rig.RepositoryAsync(), "plan", rig.Write("data/file")));
    }

    [Fact]
    public async Task The_API_and_the_page_list_it_for_an_Auditor_without_names_of_files()
    {
        plugins.Misbehaving("Open");
        File.SetUnixFileMode(plugins.In("Open", "Open.dll"), UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        using var client = await rig.ClientAsync(Role.Auditor);
        var list = JsonNode.Parse(await client.GetStringAsync("api/v1/plugins"))!;
        list["items"]![0]!["state"]!.ToString().ShouldBe("refused");
        list["items"]![0]!["problem"]!.ToJsonString().ShouldNotContain("Open.dll");
    }

    [Fact]
    public async Task What_uses_a_plugin_that_is_gone_waits_with_a_clear_problem_and_works_again_when_it_is_back()
    {
        Directory.CreateDirectory(rig.In("media", "BACKUP"));
        await using var receiver = new Receiver();
        plugins.Example();
        await AllowAsync("PluginExample");
        var place = await rig.Get<NewRepositories>()
            .AddAsync(new()
            {
                Name = "disk",
                Backend = "named-disk",
                Values = new() { ["disk"] = "BACKUP", ["folder"] = "office", ["under"] = rig.In("media") },
                Create = true,
            }, DeskRig.Admin);
        var channel = await rig.Get<ChannelCatalog>().CreateAsync(Matrix(receiver), DeskRig.Admin);
        var plan = await rig.PlanAsync(place, "plan", rig.Write("data/file"));
        var other = await rig.PlanAsync(await rig.RepositoryAsync(), "other", rig.Write("data/file"));

        await rig.RestartAsync(meanwhile: () => Directory.Move(plugins.In("PluginExample"), rig.In("away")));

        plugins.Of(await Desk.ListAsync(DeskRig.Admin), "PluginExample").State.ShouldBe(PluginState.Gone);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<RepositoryChanges>().TestAgainAsync(place.Id,
            DeskRig.Admin))).Problem.Why.Full.ShouldContain("“named-disk”");
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<ChannelCatalog>().TestAgainAsync(channel.Id,
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Unavailable);
        var failed = await rig.BackupAsync(plan);
        (failed.Outcome,
            failed.Problem?.Why.Full.Contains("“named-disk”", StringComparison.Ordinal)).ShouldBe((RunOutcome.Failed,
                true));
        (await rig.BackupAsync(other)).Outcome.ShouldBe(RunOutcome.Succeeded);
        // a disk that is away must not keep the kits of all others
        var kits = await rig.Get<RecoveryDesk>().AllAsync(DeskRig.Admin);
        kits.Select(k => (k.RepositoryName, k.Password.Length)).ShouldBe([("disk", 34), ("place", 34)]);
        (kits[0].Address,
            kits[0].Text.Contains(kits[0].Password,
                StringComparison.Ordinal)).ShouldBe(($"named-disk: disk=BACKUP, folder=office, under={rig.In("media")}",
                true));
        await rig.RepositoryAsync("another"); // it is compared with all there are
        RepositoryText.Place(place, rig.Get<BackendCatalog>().All).ShouldBe("named-disk");

        await rig.RestartAsync(meanwhile: () => Directory.Move(rig.In("away"), plugins.In("PluginExample")));

        (await rig.BackupAsync(plan)).Outcome.ShouldBe(RunOutcome.Succeeded);
        await rig.Get<ChannelCatalog>().TestAgainAsync(channel.Id, DeskRig.Admin);
        receiver.Last.Headers["authorization"].ShouldBe("Bearer canary9token");
    }

    private static NewChannel Matrix(Receiver receiver) => new()
    {
        Name = "room",
        Kind = "matrix",
        Values = new()
        {
            ["server"] = receiver.Address,
            ["room"] = "!abc:example.org",
            ["token"] = "canary9token",
            ["ownNetwork"] = "true",
        },
    };

    private async Task AllowedAsync(string name)
    {
        plugins.Misbehaving(name);
        await AllowAsync(name);
    }

    private async Task AllowAsync(string name)
    {
        await Desk.AllowAsync(new(name, plugins.Of(await Desk.ListAsync(DeskRig.Admin), name).Hash), DeskRig.Admin);
        await rig.RestartAsync();
    }

    private async Task<List<Notice>> NoticesAsync()
    {
        await using var db = await rig.DatabaseAsync();
        return await db.Notices.Where(n => n.Event == NoticeEvent.PluginOff).ToListAsync();
    }

    private async Task<List<string>> AuditAsync()
    {
        await using var db = await rig.DatabaseAsync();
        return await db.AuditEntries.Select(e => e.Body).ToListAsync();
    }
}
