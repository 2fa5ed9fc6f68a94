using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;
using Xunit;

namespace TimeLocker.Tests.Agent.Triggers;

/// <summary>What a machine can wait for is described as data, and watched by asking for it.</summary>
public sealed class DescribedTriggersTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();

    public Task InitializeAsync() => Task.CompletedTask;
    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task The_events_of_a_machine_are_described_without_any_code()
    {
        var kinds = await rig.Agent.AskAsync(new ListTriggers(), default);

        kinds.Select(k => k.Kind).ShouldBe(["files", "volume", "boot", "shutdown", "network", "space"]);
        kinds.SelectMany(k => k.Fields.Where(f => f.Rule is not null).Select(f => $"{k.Kind}.{f.Name}"))
            .ShouldBeEmpty("a rule does not travel: say it with Pattern, Choices, Least and Most");
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    [InlineData("86400", true)]
    [InlineData("86401", false)]
    public async Task Its_numbers_have_their_limits(string seconds, bool good)
    {
        var files = (await rig.Agent.AskAsync(new ListTriggers(), default)).Single(k => k.Kind == "files");
        var values = new FieldValues(new Dictionary<string, string> { ["path"] = "/srv", ["quietSeconds"] = seconds });

        if (good)
        {
            values.Checked(files)["quietSeconds"].ShouldBe(seconds);
        }
        else
        {
            Should.Throw<ProblemException>(() => values.Checked(files)).Problem.Why.Full.ShouldBe("It is not between 1 and 86400.");
        }
    }

    [Fact]
    public async Task An_event_is_told_to_who_watches_it()
    {
        var folder = Directory.CreateDirectory(rig.In("papers")).FullName;
        using var ending = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var watch = new WatchTrigger("files", new Dictionary<string, string> { ["path"] = folder, ["quietSeconds"] = "1" });
        var typing = Task.Run(async () =>
        {
            for (var i = 0; !ending.IsCancellationRequested; i++, await Task.Delay(3000))
            {
                File.WriteAllText(Path.Combine(folder, "novel.txt"), $"{i}");
            }
        });

        var firing = await rig.Agent.ReadAsync(watch, ending.Token).FirstAsync(ending.Token);
        await ending.CancelAsync();
        await typing;

        (firing.Why.Full, firing.Why.Unnamed,
            firing.Later).ShouldBe(($"Files in “{folder}” changed.", "Files in “…” changed.", true));
    }

    [Fact]
    public async Task An_event_that_nobody_here_sees_is_refused_with_a_reason()
    {
        var asked = rig.Agent.ReadAsync(new WatchTrigger("earthquake", new Dictionary<string, string>()), default);
        (await Should.ThrowAsync<ProblemException>(async () => await asked.FirstAsync())).Kind.ShouldBe(ProblemKind.Unavailable);
    }
}
