using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Agent;

public sealed class QuestionTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();

    public Task InitializeAsync() => Task.CompletedTask;
    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_repository_is_made_once_and_then_found_with_its_facts()
    {
        var made = await rig.Agent.AskAsync(new CreateRepository(rig.Target), default);
        var tested = await rig.Agent.AskAsync(new TestRepository(rig.Target), default);

        made.State.ShouldBe(RepositoryState.Ready);
        (tested.State, tested.ResticId, tested.ConfigHash).ShouldBe((RepositoryState.Ready, made.ResticId, made.ConfigHash));
        (tested.ResticId!.Length, tested.FreeBytes > 0).ShouldBe((64, true));
        (await Should.ThrowAsync<ProblemException>(() => rig.Agent.AskAsync(new CreateRepository(rig.Target),
            default))).Kind.ShouldBe(ProblemKind.Conflict);
    }

    [Fact]
    public async Task A_machine_says_in_which_time_zone_it_stands()
    {
        rig.Clock = new TimeLocker.Tests.Doubles.FakeClock(TimeProvider.System.GetUtcNow())
        {
            Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata")
        };
        (await rig.Restart().AskAsync(new DescribeMachine(), default)).Zone.ShouldBe("Asia/Kolkata");
    }

    [Fact]
    public async Task What_is_at_a_place_is_told_without_touching_it()
    {
        Directory.CreateDirectory(rig.In("empty"));
        rig.Write("other/file");
        (await AtAsync("nowhere")).State.ShouldBe(RepositoryState.Missing);
        (await AtAsync("empty")).State.ShouldBe(RepositoryState.Missing);
        (await AtAsync("other")).State.ShouldBe(RepositoryState.Refused);
        (await AtAsync("other/file")).State.ShouldBe(RepositoryState.Refused);
        await rig.CreateRepositoryAsync();
        (await rig.Agent.AskAsync(new TestRepository(rig.Target), default)).StoredBytes.ShouldNotBeNull().ShouldBeGreaterThan(0);
        var wrong = await rig.Agent.AskAsync(
            new TestRepository(rig.Target with { Password = new Secret("nothing like it") }), default);
        (wrong.State, wrong.Problem!.What.Full).ShouldBe((RepositoryState.Refused, "The repository's password is wrong."));
        Directory.Exists(rig.In("nowhere")).ShouldBeFalse();

        Task<RepositoryFacts> AtAsync(string place) =>
            rig.Agent.AskAsync(new TestRepository(rig.Target with { Location = rig.In(place), Folder = rig.In(place) }),
                default);
    }

    [Fact]
    public async Task A_folder_of_a_snapshot_is_read_by_path_and_by_tree_id_alike()
    {
        var target = await rig.CreateRepositoryAsync();
        rig.Write("data/b.txt", "four");
        rig.Write("data/z/file");
        File.SetUnixFileMode(rig.In("data/b.txt"), UnixFileMode.SetUser | UnixFileMode.UserRead);
        File.CreateSymbolicLink(rig.In("data/link"), "b.txt");
        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")));

        var tree = (await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, rig.In("data"), null), default))!;
        var again = (await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, "", tree.TreeId), default))!;

        again.TreeId.ShouldBe(tree.TreeId);
        again.Entries.ShouldBe(tree.Entries);
        tree.Entries.Select(e => (e.Name, e.Kind, e.Size, e.LinkTarget))
            .ShouldBe([("z", EntryKind.Folder, 0, null), ("b.txt", EntryKind.File, 4, null),
                ("link", EntryKind.Link, 0, "b.txt")]);
        tree.Entries[1].Mode.ShouldBe(Convert.ToInt32("4400", 8));
        tree.Entries[1].Modified.UtcDateTime.ShouldBe(File.GetLastWriteTimeUtc(rig.In("data/b.txt")));
        var root = (await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, "/", null), default))!;
        root.TreeId.ShouldBe((await rig.Agent.ReadAsync(new ListSnapshots(target), default).ToListAsync())[0].Tree);
        (await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, rig.In("data/nope"), null), default)).ShouldBeNull();
        (await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, rig.In("data/b.txt"), null), default)).ShouldBeNull();
        (await Should.ThrowAsync<ProblemException>(() => rig.Agent.AskAsync(new ReadTree(target, new string('a', 64),
            "/", null), default))).Kind.ShouldBe(ProblemKind.NotFound);
    }

    [Fact]
    public async Task Listing_the_snapshots_of_a_missing_repository_says_so()
    {
        (await Should.ThrowAsync<ProblemException>(() => rig.Agent.ReadAsync(new ListSnapshots(rig.Target), default)
            .ToListAsync().AsTask())).Problem.What.Full.ShouldBe("There is no repository at this place.");
    }

    [Fact]
    public async Task Links_and_what_is_no_file_are_listed_as_what_they_are()
    {
        rig.Write("disk/folder/inner", "1234");
        rig.Write("disk/file", "123");
        Directory.CreateDirectory(rig.In("home"));
        foreach (var (name, to) in ((string, string)[])[("folder", "../disk/folder"), ("file", rig.In("disk/file")),
            ("gone", rig.In("nowhere")), ("null", "/dev/null"), ("round", "round")])
        {
            File.CreateSymbolicLink(rig.In("home", name), to);
        }

        await AgentRig.ShellAsync("mkfifo home/pipe", rig.Root);

        var entries = (await rig.Agent.AskAsync(new ListFolder(rig.In("home")), default)).Entries;

        entries.Select(e => (e.Name, e.IsFolder, e.Size, e.Readable, e.Link, e.WhyNot?.Full)).ShouldBe([
            ("folder", true, 0, true, rig.In("disk/folder"), null),
            ("file", false, 3, true, rig.In("disk/file"), null),
            ("gone", false, 0, false, null, $"it is a link to {rig.In("nowhere")}, which does not exist"),
            ("null", false, 0, false, "/dev/null", "it is a link to a device"),
            ("pipe", false, 0, false, null, "it is a named pipe"),
            ("round", false, 0, false, null, "it is a link that leads back to itself"),
        ]);
        (await rig.Agent.AskAsync(new ListFolder(rig.In("home/folder")),
            default)).Entries.ShouldHaveSingleItem().Name.ShouldBe("inner");
    }

    [Fact]
    public async Task Folders_of_the_machine_are_listed_folders_first_and_capped()
    {
        rig.Write("data/b/inner", "1234");
        rig.Write("data/a.txt", "123");
        var folder = await rig.Agent.AskAsync(new ListFolder(rig.In("data") + "/"), default);

        (folder.Path, folder.Parent, folder.Problem).ShouldBe((rig.In("data"), rig.Root, null));
        folder.Entries.Select(e => (e.Name, e.IsFolder, e.Size, e.Readable))
            .ShouldBe([("b", true, 0, true), ("a.txt", false, 3, true)]);
        (await rig.Agent.AskAsync(new ListFolder("/"), default)).Parent.ShouldBeNull();
        (await rig.Agent.AskAsync(new ListFolder(rig.In("nowhere")), default)).Problem.ShouldNotBeNull();
        for (var i = 0; i < 2001; i++)
        {
            rig.Write($"many/{i}", "");
        }

        var many = await rig.Agent.AskAsync(new ListFolder(rig.In("many")), default);
        (many.Entries.Count, many.Problem is not null).ShouldBe((2000, true));
        (await rig.Agent.AskAsync(new MeasureFolder(rig.In("data")), default)).ShouldBe(new FolderSize(2, 7, Complete: true));
    }

    [Theory]
    [InlineData("restic 0.14.0 compiled with go1.19.8 on linux/amd64")]
    [InlineData("""{"message_type":"version","version":"0.17.0"}""")]
    [InlineData("something else")]
    public async Task A_restic_that_is_too_old_or_none_is_refused(string said)
    {
        await using var old = new AgentRig(script: "");
        File.WriteAllText(old.In("restic"), $"#!/bin/sh\necho '{said}'\n");
        old.Restart();

        var facts = await old.Agent.AskAsync(new DescribeMachine(), default);

        (facts.ResticVersion, facts.Trouble!.What.Full).ShouldBe((null, "restic is missing on this machine."));
        facts.Trouble.Why.Full.ShouldContain("0.17.1");
    }
}
