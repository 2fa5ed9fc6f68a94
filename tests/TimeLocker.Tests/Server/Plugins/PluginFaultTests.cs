using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Plugins;
using TimeLocker.Tests.Server.Notices;
using Xunit;

namespace TimeLocker.Tests.Server.Plugins;

/// <summary>Whatever a plugin does wrong is said of it, and everything else is as if it were not there.</summary>
public sealed class PluginFaultTests : IDisposable
{
    private readonly PluginRig plugins = new(Directory.CreateTempSubdirectory("tl-plugins-").FullName);
    private readonly ExtensionSet set = BuiltInExtensions.Of(new() { Data = "/" }, TimeProvider.System);

    public void Dispose() => Directory.Delete(plugins.Folder, recursive: true);

    [Theory]
    [InlineData("CannotBeMade", "InvalidOperationException: It cannot be made.")]
    [InlineData("CannotRegister", "InvalidOperationException: It cannot register.")]
    [InlineData("AddsNothing", "It adds nothing.")]
    [InlineData("AddsAStore", "“key-file” is a ISecretStore, which plugins do not add")]
    [InlineData("AddsAClass", "“shout” was added as a class")]
    [InlineData("Clashes", "Its channel “ntfy” is there already")]
    [InlineData("BreaksARule", "Its channel “Not A Kind” breaks a rule")]
    [InlineData("HasNoFields", "InvalidOperationException: It has no fields.")]
    public async Task One_that_does_not_load_adds_nothing_and_is_told_why(string name, string why)
    {
        var before = set.All.Count;

        var loaded = await LoadAsync(name);

        set.All.Count.ShouldBe(before);
        (loaded.Problem!.What.Full, loaded.Adds.Count).ShouldBe(($"The plugin “{name}” does not run.", 0));
        loaded.Problem.Why.Full.ShouldContain(why);
        (await LoadAsync("Fine")).Problem.ShouldBeNull(); // the next one does
    }

    [Fact]
    public async Task One_that_is_no_assembly_or_no_plugin_is_told_so()
    {
        plugins.Misbehaving("Text").Misbehaving("Cecil", "Mono.Cecil.dll");
        File.WriteAllText(plugins.In("Text", "Text.dll"), "no assembly");
        File.Move(plugins.In("Cecil", "Mono.Cecil.dll"), plugins.In("Cecil", "Cecil.dll"), overwrite: true);

        (await new PluginLoader(set).LoadAsync(new PluginFolder(plugins.Folder).Find("Text")!,
            default)).Problem!.Why.Full.ShouldContain("BadImageFormatException");
        (await new PluginLoader(set).LoadAsync(new PluginFolder(plugins.Folder).Find("Cecil")!,
            default)).Problem!.Why.Full.ShouldContain("It has no public class that is an IPlugin");
    }

    [Fact]
    public async Task The_same_kind_of_two_plugins_is_refused_to_the_second()
    {
        (await LoadAsync("First")).Problem.ShouldBeNull();
        (await LoadAsync("Second")).Problem!.Why.Full.ShouldContain("is there already");
    }

    [Fact]
    public async Task What_lies_beside_it_is_its_own_and_Core_is_shared()
    {
        (await LoadAsync("BringsItsOwn", "Mono.Cecil.dll")).Adds.ShouldHaveSingleItem().Title.Full.ShouldBe("plugin BringsItsOwn");
        set.Of<INoticeChannel>().ShouldContain(c => c.Kind == "own"); // else it would be another INoticeChannel
    }

    [Fact]
    public async Task What_TimeLocker_happens_to_have_is_not_the_plugins()
    {
        File.Exists(Path.Combine(AppContext.BaseDirectory, "Mono.Cecil.dll")).ShouldBeTrue();
        (await LoadAsync("BringsItsOwn")).Problem!.Why.Full.ShouldMatch("It needs Mono.Cecil, .*, which does not lie beside it.");
    }

    [Fact]
    public async Task A_fault_while_it_works_is_a_problem_that_names_it_and_tells_no_secret()
    {
        (await LoadAsync("Fine")).Adds.Select(a => (a.What, a.Kind))
            .ShouldBe([("channel", "shout"), ("backend", "pit"), ("event", "quake"), ("event", "flood")]);
        var (channel, pit) = (set.Of<INoticeChannel>().Single(c => c.Kind == "shout"),
            set.Of<IRepositoryBackend>().Single(b => b.Kind == "pit"));
        var secret = new FieldValues(new Dictionary<string, string> { ["token"] = "canary9token" });

        var fault = Should.Throw<ProblemException>(() => pit.Target(secret));
        (fault.Kind,
            fault.Problem.Why.Full).ShouldBe((ProblemKind.Upstream,
                "The plugin “Fine” failed (InvalidOperationException)."));
        Should.Throw<ProblemException>(() =>
            pit.Target(new(new Dictionary<string,
                string>
            { ["token"] = "say canary9token" }))).Problem.What.Full.ShouldBe("It says •••.");
        channel.AliveEvery(secret).ShouldBeNull();
        channel.Fields.Single(f =>
            f.Name == "odd").Rule!("throw")!.Full.ShouldBe(
            "The plugin “Fine” cannot check it (InvalidOperationException).");
        // the desk of channels makes a problem of it
        await Should.ThrowAsync<InvalidOperationException>(() => channel.SendAsync(Samples.Failure, secret, default));
    }

    [Fact]
    public async Task A_machines_event_that_cannot_begin_stops_no_agent()
    {
        await LoadAsync("Fine");
        var flood = set.Of<IMachineTrigger>().Single(t => t.Kind == "flood");
        flood.Begin("/nowhere");
        Should.Throw<ProblemException>(() => flood.WatchAsync(FieldValues.Empty, default)).Problem.Why.Full.ShouldContain("Fine");
    }

    private async Task<LoadedPlugin> LoadAsync(string name, params string[] beside)
    {
        plugins.Misbehaving(name, beside);
        return await new PluginLoader(set).LoadAsync(new PluginFolder(plugins.Folder).Find(name)!, default);
    }
}
