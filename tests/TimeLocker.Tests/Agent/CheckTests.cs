using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// What is looked at before a run: each check says its sentence, and the failed one stops it before restic is started.
/// </summary>
public sealed class CheckTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Today = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    // It notes that it was started, and fails.
    private readonly AgentRig rig = new(script: "touch \"$(dirname \"$0\")/started\"; exit 1");
    private ResticTarget target = null!;

    public async Task InitializeAsync()
    {
        target = await rig.CreateRepositoryAsync();
        rig.Write("data/file");
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private bool Started => File.Exists(rig.In("started"));

    private Task<Run> BackUpAsync(Func<BackupSpec, BackupSpec>? change = null) =>
        rig.RunAsync((change ?? (spec => spec))(rig.Backup(target, rig.In("data"))));

    internal static (CheckLevel Level, string Said) Said(Run run, string name) => (Of(run, name).Level, Of(run, name).Text.Full);

    private static RunCheck Of(Run run, string name) =>
        run.Checks.Where(check => check.Name == name).MaxBy(check => check.Level)
            .ShouldNotBeNull($"{name} in {string.Join(" · ", run.Checks)}");

    private void Refused(Run run, string check, string what)
    {
        (run.Outcome, run.Problem?.What.Full, Started).ShouldBe((RunOutcome.Failed, what, false));
        run.Checks[^1].Level.ShouldBe(CheckLevel.Failed);
        run.Checks[^1].Name.ShouldBe(check);
        run.Checks.SkipLast(1).ShouldAllBe(before => before.Level != CheckLevel.Failed);
    }

    [Fact]
    public async Task A_backup_of_a_healthy_plan_says_a_sentence_for_every_check()
    {
        var run = await BackUpAsync(spec => spec with
        {
            ExpectedFiles = 2,
            After = spec.Target.PinnedConfig is null ? null : DateTimeOffset.UnixEpoch,
        });

        Started.ShouldBeTrue();
        run.Checks.Select(check => check.Name).Distinct()
            .ShouldBe(["version", "clock", "credentials", "identity", "access", "lock", "sources", "shrunken", "disk",
                "space"]);
        // here all is on one disk
        run.Checks.ShouldAllBe(check => check.Level == (check.Name == "disk" ? CheckLevel.Warning : CheckLevel.Ok)
            && check.Text.Full.EndsWith('.'));
    }

    [Fact]
    public async Task Files_below_a_name_that_is_no_text_are_not_taken_for_lost()
    {
        Directory.Delete(rig.In("data"), recursive: true);
        Directory.CreateDirectory(rig.In("data"));
        await AgentRig.ShellAsync(
            "mkdir \"$(printf 'caf\\351')\" && cd caf* && for n in 1 2 3 4 5 6 7 8 9; do echo $n >$n; done",
            rig.In("data"));

        await BackUpAsync(spec => spec with { ExpectedFiles = 9 });

        Started.ShouldBeTrue();
    }

    [Fact]
    public async Task A_clock_before_the_last_snapshot_is_a_warning_and_one_that_was_never_set_stops_the_run()
    {
        var clock = new FakeClock(Today);
        rig.Clock = clock;
        rig.Restart();
        Directory.SetLastWriteTimeUtc(rig.In("repo/snapshots"), Today.UtcDateTime.AddDays(-1));

        Of(await BackUpAsync(spec => spec with { After = Today.AddHours(2) }), "clock")
            .ShouldSatisfyAllConditions(check => check.Level.ShouldBe(CheckLevel.Warning),
            check => check.Text.Full.ShouldContain("before the last snapshot (2026-11-23 14:00 UTC)"));
        Of(await BackUpAsync(spec => spec with { After = Today.AddMinutes(4) }), "clock").Level.ShouldBe(CheckLevel.Ok);
        Directory.SetLastWriteTimeUtc(rig.In("repo/snapshots"), Today.UtcDateTime.AddDays(1));
        Of(await BackUpAsync(), "clock").Text.Full.ShouldContain("the repository was last written to at 2026-11-24 12:00 UTC");

        File.Delete(rig.In("started"));
        clock.Advance(TimeSpan.FromDays(-365 * 50));
        Refused(await BackUpAsync(), "clock", "This machine's clock is wrong.");
    }

    [Fact]
    public async Task A_repository_that_is_gone_swapped_or_without_keys_or_password_is_refused()
    {
        Refused(await BackUpAsync(spec => spec with { Target = target with { Password = Secret.Empty } }),
            "credentials", "The repository's password is missing.");
        Refused(await BackUpAsync(spec => spec with { Target = target with { PinnedConfig = new string('0', 64) } }),
            "identity", "This is another repository.");
        Directory.Delete(rig.In("repo/keys"), recursive: true);
        Refused(await BackUpAsync(), "credentials", "The repository has lost its keys.");
        File.Delete(rig.In("repo/config"));
        Refused(await BackUpAsync(), "identity", "The repository is not there.");
    }

    [Fact]
    public async Task A_lock_is_told_from_one_whose_program_is_gone()
    {
        var held = rig.Write("repo/locks/abc");
        Of(await BackUpAsync(), "lock").Text.Full.ShouldStartWith("Another program holds a lock there");
        File.SetLastWriteTimeUtc(held, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1));
        Of(await BackUpAsync(), "lock").Text.Full.ShouldContain("program is probably gone");
    }

    [Fact]
    public async Task Missing_and_empty_sources_are_named_and_none_at_all_stops_the_run()
    {
        Directory.CreateDirectory(rig.In("hollow"));
        var run = await rig.RunAsync(rig.Backup(target, rig.In("data"), rig.In("hollow"), rig.In("gone")));

        Said(run, "sources")
            .ShouldBe((CheckLevel.Warning,
                $"Sources there: 2 of 3; missing: {rig.In("gone")}; empty: {rig.In("hollow")}."));
        File.Delete(rig.In("started"));
        Refused(await rig.RunAsync(rig.Backup(target, rig.In("gone"))), "sources", "Nothing can be backed up.");
    }

    [Fact]
    public async Task Sources_that_lost_more_than_half_of_their_files_ask_before_the_backup_runs()
    {
        for (var i = 0; i < 49; i++)
        {
            rig.Write($"data/some/where/{i}");
        }

        Refused(await BackUpAsync(spec => spec with { ExpectedFiles = 101 }), "shrunken", "Most of the files are gone.");
        (await BackUpAsync(spec => spec with { ExpectedFiles = 101 })).Problem!.Why.Full.ShouldBe(
            $"The last snapshot has 101 files; now there are 50 in {rig.In("data")}.");

        (await BackUpAsync(spec => spec with
        {
            ExpectedFiles = 101,
            Mode = BackupMode.DryRun,
        })).Checks.ShouldNotContain(check => check.Name == "shrunken");
        Of(await BackUpAsync(spec => spec with { ExpectedFiles = 100 }), "shrunken").Level.ShouldBe(CheckLevel.Ok);
        Started.ShouldBeTrue();
        (await BackUpAsync(spec => spec with { ExpectedFiles = 0 })).Checks.ShouldNotContain(check => check.Name == "shrunken");
    }

    [Fact]
    public async Task A_disk_that_is_not_mounted_asks_before_the_backup_runs()
    {
        await AgentRig.ShellAsync(
            $"mkdir -p disk && for i in 1 2 3 4 5 6 7 8 9; do echo $i > data/$i; done; rm -r disk && mkdir disk",
            rig.Root);

        var run = await rig.RunAsync(rig.Backup(target, rig.In("disk"), rig.In("data")) with { ExpectedFiles = 5000 });

        Refused(run, "shrunken", "Most of the files are gone.");
        Of(run, "sources").Text.Full.ShouldContain($"empty: {rig.In("disk")}");
    }

    [Fact]
    public async Task Too_little_room_in_the_repository_stops_the_run_and_large_packs_want_room_for_temporary_files()
    {
        Refused(await BackUpAsync(spec => spec with { ExpectedBytes = long.MaxValue / 2 }), "space",
            "There is too little free space.");
        var run = await BackUpAsync();
        run.Checks.Where(check => check.Name == "space").Select(check => check.Text.Full.Split(" are free ")[1])
            .ShouldBe([$"in the repository ({rig.In("repo")}).",
                $"for restic's cache and temporary files ({rig.State})."]);
    }

    [Fact]
    public async Task A_full_disk_is_said_before_restic_starts()
    {
        if (!await MountAsync(rig.In("repo/data"), "size=20m"))
        {
            return; // only root may
        }

        try
        {
            Directory.CreateSymbolicLink(rig.In("full"), rig.In("repo/data"));
            foreach (var name in (string[])["config", "keys", "index", "locks", "snapshots"])
            {
                await AgentRig.ShellAsync($"cp -r repo/{name} repo/data/", rig.Root);
            }

            Directory.CreateDirectory(rig.In("full/data"));
            Refused(await BackUpAsync(spec => spec with
            {
                Target = target with
                {
                    Folder = rig.In("full"),
                    Location = rig.In("full"),
                }
            }), "space", "There is too little free space.");
        }
        finally
        {
            await AgentRig.ShellAsync($"umount {rig.In("repo/data")}", "/");
        }
    }

    private static async Task<bool> MountAsync(string at, string options)
    {
        try
        {
            await AgentRig.ShellAsync($"mount -t tmpfs -o {options} tmpfs {at}", "/");
            return true;
        }
        catch (ShouldAssertException)
        {
            return false;
        }
    }

    [Fact]
    public async Task What_a_refused_run_was_told_is_there_for_who_joins_it_late()
    {
        var spec = rig.Backup(target, rig.In("gone"));
        var first = await rig.RunAsync(spec);

        var late = await AgentRig.FollowAsync(rig.Restart(), spec, AgentRig.NewRun(spec));

        late.Checks.ShouldBe(first.Checks);
        late.Checks[^1].Level.ShouldBe(CheckLevel.Failed);
    }

    [Fact]
    public async Task A_restore_makes_sure_of_its_folder_and_its_room()
    {
        var spec = new RestoreSpec
        {
            RunId = Guid.CreateVersion7(),
            Target = target,
            SnapshotId = new string('1', 64),
            Paths = [],
            Folder = rig.In("new"),
        };
        var run = await rig.RunAsync(spec);
        run.Checks.Select(check => check.Name).ShouldBe(["version", "clock", "credentials", "identity", "lock", "target", "space"]);

        File.Delete(rig.In("started"));
        Refused(await rig.RunAsync(spec with { RunId = Guid.CreateVersion7(), Folder = rig.In("data") }), "target",
            "The new folder is not empty.");
        Refused(await rig.RunAsync(spec with { RunId = Guid.CreateVersion7(), Folder = rig.In("repo/data/00") }),
            "target", "It cannot be restored there.");
    }
}
