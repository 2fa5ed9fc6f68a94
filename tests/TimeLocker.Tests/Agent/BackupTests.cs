using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using Xunit;

namespace TimeLocker.Tests.Agent;

public sealed class BackupTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();

    public Task InitializeAsync() => Task.CompletedTask;
    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_backup_succeeds_and_its_snapshot_is_listed_with_the_run_that_made_it()
    {
        var target = await rig.CreateRepositoryAsync();
        rig.Write("data/a.txt", "alpha");
        rig.Write("data/sub/b.txt", "beta");
        var spec = rig.Backup(target, rig.In("data"));

        var run = await rig.RunAsync(spec with { Options = new() { Tags = ["nightly"] } });

        (run.Outcome, run.Problem).ShouldBe((RunOutcome.Succeeded, null));
        run.Result!.FilesNew.ShouldBe(2);
        run.Result.BytesTotal.ShouldBe(9);
        run.Command!.ShouldContain("restic backup");
        run.Command!.ShouldNotContain(AgentRig.Password);
        var snapshot = (await rig.Agent.ReadAsync(new ListSnapshots(target), default).ToListAsync()).ShouldHaveSingleItem();
        (snapshot.Id, snapshot.RunId, snapshot.Host).ShouldBe((run.SnapshotId, spec.RunId, "tester"));
        snapshot.Tags.ShouldContain("nightly");
        snapshot.Time.ShouldBe(run.Result.SnapshotAt!.Value);
        rig.Locks.ShouldBeEmpty();
        (await rig.LogAsync(spec.RunId)).ShouldContain("Succeeded.");
        Directory.EnumerateFiles(rig.In("state", "runs", spec.RunId.ToString("N"))).Select(Path.GetFileName).Order()
            .ShouldBe(["log", "result.json"]);
    }

    [Fact]
    public async Task A_second_backup_reads_only_what_changed_unless_it_is_full()
    {
        var target = await rig.CreateRepositoryAsync();
        rig.Write("data/a.txt");
        rig.Write("data/b.txt");
        await rig.RunAsync(rig.Backup(target, rig.In("data")));
        rig.Write("data/c.txt", "new");

        var incremental = await rig.RunAsync(rig.Backup(target, rig.In("data")));
        var full = await rig.RunAsync(rig.Backup(target, rig.In("data")) with { Mode = BackupMode.Full });

        (incremental.Result!.FilesNew, incremental.Result.FilesUnmodified).ShouldBe((1, 2));
        (full.Result!.FilesNew, full.Result.FilesUnmodified).ShouldBe((3, 0));
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_added_and_adds_nothing()
    {
        var target = await rig.CreateRepositoryAsync();
        rig.Write("data/a.txt");

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")) with { Mode = BackupMode.DryRun });

        run.Outcome.ShouldBe(RunOutcome.Succeeded);
        run.SnapshotId.ShouldBeNull();
        (run.Result!.DryRun, run.Result.FilesNew).ShouldBe((true, 1));
        (await rig.Agent.ReadAsync(new ListSnapshots(target), default).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Excludes_mean_what_people_type()
    {
        var target = await rig.CreateRepositoryAsync();
        foreach (var name in (string[])["keep", "$HOME", "#draft", " blank", "tail ", "x.tmp", "cache/f", "marked/f"])
        {
            rig.Write($"data/{name}");
        }

        rig.Write("data/marked/.nobackup");
        rig.Write("data/cache/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")) with
        {
            Options = new()
            {
                Excludes = ["$HOME", "#draft", " blank", "tail ", "*.tmp", "", "  "],
                ExcludeCaches = true,
                ExcludeIfPresent = [".nobackup"],
                OneFileSystem = true,
                Compression = Compression.Max,
            },
        });

        run.Outcome.ShouldBe(RunOutcome.Succeeded);
        var tree = await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, rig.In("data"), null), default);
        tree!.Entries.Select(e => e.Name).ShouldBe(["cache", "marked", "keep"]);
        run.Result!.FilesNew.ShouldBe(3);
    }

    [Fact]
    public async Task A_repository_inside_a_source_is_not_backed_up_into_itself()
    {
        var target = await rig.CreateRepositoryAsync();
        rig.Write("beside.txt");

        var run = await rig.RunAsync(rig.Backup(target, rig.Root) with { Options = new() { Excludes = ["/state", rig.State] } });

        var tree = await rig.Agent.AskAsync(new ReadTree(target, run.SnapshotId!, rig.Root, null), default);
        tree!.Entries.Select(e => e.Name).ShouldBe(["beside.txt"]);
    }

    [Fact]
    public async Task A_missing_source_among_others_makes_the_run_incomplete()
    {
        var target = await rig.CreateRepositoryAsync();
        rig.Write("data/a.txt");

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data"), rig.In("gone")));

        run.Outcome.ShouldBe(RunOutcome.Incomplete);
        run.SnapshotId.ShouldNotBeNull();
        run.Issues.ShouldHaveSingleItem().Path.ShouldBe(rig.In("gone"));
        run.Problem!.Why.Full.ShouldContain("1 of 2 sources");
    }

    [Fact]
    public async Task A_run_without_any_source_fails_before_restic_starts()
    {
        var target = await rig.CreateRepositoryAsync();

        var run = await rig.RunAsync(rig.Backup(target, rig.In("gone")));

        (run.Outcome, run.Command).ShouldBe((RunOutcome.Failed, null));
        run.Problem!.What.Full.ShouldBe("Nothing can be backed up.");
    }

    [Fact]
    public async Task A_wrong_password_is_said_as_such()
    {
        var target = await rig.CreateRepositoryAsync();
        rig.Write("data/a.txt");

        var run = await rig.RunAsync(rig.Backup(target with { Password = new("not it at all") }, rig.In("data")));

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Problem!.What.Full.ShouldBe("The repository's password is wrong.");
        (await rig.LogAsync(run.Id)).ShouldNotContain("not it at all");
    }

    [Theory]
    [InlineData("swapped", "This is another repository.")]
    [InlineData("emptied", "The repository is not there.")]
    [InlineData("gone", "The repository is not there.")]
    [InlineData("keyless", "The repository has lost its keys.")]
    public async Task A_repository_that_is_not_the_pinned_one_is_refused(string fate, string what)
    {
        var target = await rig.CreateRepositoryAsync();
        rig.Write("data/a.txt");
        if (fate == "keyless")
        {
            Directory.Delete(rig.In("repo", "keys"), recursive: true);
        }
        else
        {
            Directory.Delete(rig.In("repo"), recursive: true);
        }

        if (fate == "swapped")
        {
            await rig.Agent.AskAsync(new CreateRepository(rig.Target), default);
        }
        else if (fate == "emptied")
        {
            Directory.CreateDirectory(rig.In("repo"));
        }

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")));

        (run.Outcome, run.Command).ShouldBe((RunOutcome.Failed, null));
        run.Problem!.What.Full.ShouldBe(what);
    }

    [Fact]
    public async Task Too_little_space_for_what_the_last_run_added_is_said_before_restic_starts()
    {
        var target = await rig.CreateRepositoryAsync();
        rig.Write("data/a.txt");

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")) with { ExpectedBytes = long.MaxValue / 2 });

        (run.Outcome, run.Command).ShouldBe((RunOutcome.Failed, null));
        run.Problem!.What.Full.ShouldBe("There is too little free space.");
    }

    [Fact]
    public async Task Without_a_usable_restic_the_problem_names_what_to_install()
    {
        await using var bare = new AgentRig("/nowhere/restic");

        var run = await bare.RunAsync(bare.Backup(bare.Target, bare.Root));

        run.Problem!.What.Full.ShouldBe("restic is missing on this machine.");
        (await bare.Agent.AskAsync(new DescribeMachine(), default)).Trouble.ShouldBe(run.Problem);
    }
}
