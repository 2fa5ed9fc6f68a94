using System.Diagnostics;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// A green run means that the files are saved, also when a source is a link; what can never be saved is refused with
/// words.
/// </summary>
public sealed class LinkedSourceTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();
    private ResticTarget target = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("disk/Documents/letter");
        rig.Write("disk/Documents/deep/photo");
        rig.Write("plain/file");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private string Link(string name, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(rig.In(name))!);
        File.CreateSymbolicLink(rig.In(name), to);
        return rig.In(name);
    }

    private Task<Run> SaveAsync(params string[] sources) => rig.RunAsync(rig.Backup(target, sources));

    private async Task<string[]> NamesAsync(Run run, string folder) =>
        [.. (await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, folder, null),
            default)).ShouldNotBeNull(folder).Entries.Select(e => e.Name)];

    [Theory]
    [InlineData("disk/Documents", false)]
    [InlineData("../disk/Documents", true)]
    [InlineData("chain/two", false)]
    public async Task A_linked_source_is_followed_and_said(string to, bool relative)
    {
        Link("chain/two", "one");
        Link("chain/one", "../disk/Documents");
        var link = Link("home/Documents", relative ? to : rig.In(to));

        var run = await SaveAsync(link);

        (run.Outcome, run.Result!.FilesTotal).ShouldBe((RunOutcome.Succeeded, 2));
        (await NamesAsync(run, rig.In("disk/Documents"))).ShouldBe(["deep", "letter"]);
        run.Result.Sources.ShouldHaveSingleItem().ShouldSatisfyAllConditions(s => s.Path.ShouldBe(link),
            s => s.Real.ShouldBe(rig.In("disk/Documents")));
        CheckTests.Said(run, "sources")
            .ShouldBe((CheckLevel.Ok,
                $"Sources there: 1 of 1; followed: {link}, a link to {rig.In("disk/Documents")}."));
    }

    [Fact]
    public async Task A_link_beside_a_folder_one_to_a_file_one_into_another_source_and_two_to_the_same_are_all_in_it_once()
    {
        var (inside, file, again) = (Link("into", rig.In("plain")), Link("letter", rig.In("disk/Documents/letter")),
            Link("again", rig.In("disk/Documents")));

        var run = await SaveAsync(rig.In("plain"), inside, file, rig.In("disk"), again);

        (run.Outcome, run.Result!.FilesTotal).ShouldBe((RunOutcome.Succeeded, 3));
        (await NamesAsync(run, rig.In("disk/Documents"))).ShouldBe(["deep", "letter"]);
        (await NamesAsync(run, rig.In("plain"))).ShouldBe(["file"]);
    }

    [Fact]
    public async Task A_link_above_the_source_keeps_the_path_that_the_plan_has()
    {
        Link("above", rig.In("disk"));

        var run = await SaveAsync(rig.In("above/Documents"));

        (run.Outcome, run.Result!.FilesTotal, run.Result.Sources[0].Real).ShouldBe((RunOutcome.Succeeded, 2, null));
        (await NamesAsync(run, rig.In("above/Documents"))).ShouldBe(["deep", "letter"]);
    }

    [Theory]
    [InlineData("pipe", "it is a named pipe")]
    [InlineData("to-pipe", "it is a link to a named pipe")]
    [InlineData("device", "it is a link to a device")]
    [InlineData("dangling", "which does not exist")]
    [InlineData("loop", "it is a link that leads back to itself")]
    public async Task What_can_never_be_saved_is_refused_with_words_and_does_not_keep_the_rest_from_being_saved(
        string name, string why)
    {
        using (var made = Process.Start("mkfifo", rig.In("pipe")))
        {
            await made.WaitForExitAsync();
        }

        Link("to-pipe", "pipe");
        Link("device", "/dev/null");
        Link("dangling", rig.In("nowhere"));
        Link("loop", "loop");

        var alone = await SaveAsync(rig.In(name));
        (alone.Outcome, alone.Problem?.What.Full,
            alone.SnapshotId).ShouldBe((RunOutcome.Failed, "Nothing can be backed up.", null));
        alone.Problem!.Why.Full.ShouldContain($"{rig.In(name)} cannot be saved: ");
        alone.Problem.Why.Full.ShouldContain(why);

        var beside = await SaveAsync(rig.In(name), rig.In("plain"));
        (beside.Outcome, beside.Result!.FilesTotal).ShouldBe((RunOutcome.Incomplete, 1));
        beside.Issues.ShouldHaveSingleItem().Path.ShouldBe(rig.In(name));
        beside.Problem!.Why.Full.ShouldContain(why);
        (alone.Problem.WithoutNames().ToString() + beside.Problem.WithoutNames()).ShouldNotContain(rig.Root);
        beside.Checks.Single(c => c.Name == "sources").Level.ShouldBe(CheckLevel.Warning);
    }

    [Fact]
    public async Task A_source_that_is_replaced_by_a_link_after_the_look_is_found_out_at_the_end()
    {
        rig.StandIn($"""
            case "$*" in *files-from*) [ -h {rig.In("plain")} ] || (mv {rig.In("plain")} {rig.In("moved")}; ln -s moved {rig.In("plain")});; esac
            exec {(await new TimeLocker.Agent.Restic.ResticBinary().FindAsync()).Path} "$@"
            """);
        rig.Restart();

        var one = await SaveAsync(rig.In("disk"), rig.In("plain"));

        (one.Outcome, one.Result!.Shrunk).ShouldBe((RunOutcome.Incomplete, true));
        one.Problem!.Why.Full.ShouldBe($"Nothing of {rig.In("plain")} is in this backup.");
        (await SaveAsync(rig.In("disk"), rig.In("plain"))).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_repository_inside_of_what_a_link_leads_to_is_left_out()
    {
        Link("way", rig.Root);

        var run = await rig.RunAsync(rig.Backup(target with
        {
            Location = rig.In("way/repo"),
            Folder = rig.In("way/repo"),
        }, Link("all", rig.Root)));

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        (await NamesAsync(run, rig.Root)).ShouldNotContain("repo");
    }
}
