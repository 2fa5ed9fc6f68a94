using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>Where a snapshot came from is known only where what it says of itself and its tree agree.</summary>
public sealed class OriginalPlaceTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;

    // Its tree begins at the root of the file system, whoever made it: so the name is one that no computer has.
    private readonly string name = $"tl-{Guid.NewGuid():N}";

    public async Task InitializeAsync() => target = await rig.CreateRepositoryAsync();

    public async Task DisposeAsync()
    {
        if (Directory.Exists($"/{name}"))
        {
            Directory.Delete($"/{name}", recursive: true);
        }

        await rig.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_snapshot_of_a_relative_path_has_no_original_place(bool dry)
    {
        rig.Write($"container/{name}/app.conf", "container");
        var snapshot = await ResticAsync(rig.In("container"), $"backup {name}");

        foreach (var chosen in (string[])[$"/{name}/app.conf", $"/{name}", "/", rig.In("container", name)])
        {
            var run = await rig.RunAsync(InPlace(snapshot, rig.In("container", name), chosen) with { DryRun = dry });

            (run.Outcome,
                run.Problem!.What.Full).ShouldBe((RunOutcome.Failed,
                    "The original place of this snapshot is not known."), chosen);
            Directory.Exists($"/{name}").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_dump_has_no_original_place_whatever_its_name()
    {
        var place = rig.Write("hosts.sql", "mine");
        var snapshot = await ResticAsync(rig.Root, $"backup --stdin-filename {place} --stdin-from-command -- echo dump");

        foreach (var chosen in (string[])[place, rig.Root])
        {
            var run = await rig.RunAsync(InPlace(snapshot, place, chosen) with { Overwrite = OverwriteMode.Always });

            (run.Outcome,
                run.Problem!.What.Full).ShouldBe((RunOutcome.Failed,
                    "The original place of this snapshot is not known."), chosen);
            File.ReadAllText(place).ShouldBe("mine");
        }
    }

    [Fact]
    public async Task Both_come_back_into_a_new_folder()
    {
        rig.Write($"container/{name}/app.conf", "container");
        var snapshot = await ResticAsync(rig.In("container"), $"backup {name}");

        var run = await rig.RunAsync(InPlace(snapshot, rig.In("container", name),
            $"/{name}/app.conf") with
        { Folder = rig.In("out") });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        File.ReadAllText(rig.In("out/app.conf")).ShouldBe("container");
    }

    [Fact]
    public async Task What_a_snapshot_made_with_restic_itself_has_at_its_path_comes_back_there()
    {
        var file = rig.Write("data/a.txt", "saved");
        var snapshot = await ResticAsync(rig.Root, $"backup {rig.In("data")}");
        foreach (var chosen in (string[])[file, rig.In("data"), rig.Root])
        {
            File.Delete(file);
            var run = await rig.RunAsync(InPlace(snapshot, rig.In("data"), chosen));

            run.Outcome.ShouldBe(RunOutcome.Succeeded, $"{chosen}: {run.Problem}");
            File.ReadAllText(file).ShouldBe("saved");
        }
    }

    private async Task<string> ResticAsync(string folder, string words)
    {
        var restic = (await new TimeLocker.Agent.Restic.ResticBinary().FindAsync()).Path;
        var said = await AgentRig.ShellAsync(
            $"RESTIC_PASSWORD='{AgentRig.Password}' {restic} -r {rig.In("repo")} --cache-dir {rig.In("cache")} --json {words}", folder);
        return System.Text.RegularExpressions.Regex.Match(said, "\"snapshot_id\":\"([0-9a-f]{64})\"").Groups[1].Value;
    }

    private RestoreSpec InPlace(string snapshot, string source, params string[] paths) =>
        new()
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = snapshot,
            Paths = paths,
            Folder = null,
            Sources = [source],
            Overwrite = OverwriteMode.Always,
        };
}
