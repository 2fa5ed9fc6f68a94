using Shouldly;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>A backup on the disk that it saves is gone with it: so it is said, wherever Linux can tell, and nowhere else.</summary>
public sealed class DisksTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();

    private static bool Share(string one, string other) => DiskCheck.SameAs(one, [other]).Count == 1;

    public Task InitializeAsync()
    {
        rig.Write("data/file");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_repository_beside_what_it_saves_is_told_in_the_run_and_in_its_test()
    {
        var target = await rig.CreateRepositoryAsync();

        var run = await rig.RunAsync(rig.Backup(target, rig.In("data")));

        run.Outcome.ShouldBe(RunOutcome.Succeeded);
        run.Result!.Sources.ShouldHaveSingleItem().SameDisk.ShouldBeTrue();
        CheckTests.Said(run, "disk")
            .ShouldBe((CheckLevel.Warning,
                "The repository is on the same disk as what it saves: when that disk breaks or is stolen, both are gone."));
        (await rig.Agent.AskAsync(new TestRepository(target) { Saved = [rig.In("data"), "/proc"] },
            default)).SameDisk.ShouldBe([rig.In("data")]);
    }

    [MountFact]
    public async Task What_lies_in_memory_is_on_no_disk_that_can_be_told_but_on_the_same_as_itself()
    {
        using var memory = Mounted.Memory(rig.In("memory"), "1m");

        Share(rig.In("repo"), rig.In("memory")).ShouldBeFalse();
        Share(rig.In("memory/one"), rig.In("memory/not/there/yet")).ShouldBeTrue();
        var target = await rig.CreateRepositoryAsync();
        rig.Write("memory/file");
        var run = await rig.RunAsync(rig.Backup(target, rig.In("memory"), rig.In("data")));
        run.Checks.Single(check =>
            check.Name == "disk").Text.Full.ShouldStartWith(
            $"The repository is on the same disk as {rig.In("data")}: ");
    }

    [MountFact]
    public async Task A_disk_is_known_through_a_bind_mount_and_a_file_that_is_mounted()
    {
        await AgentRig.ShellAsync("mkdir bound looped && mount --bind data bound", rig.Root);
        try
        {
            Share(rig.In("bound"), rig.In("repo")).ShouldBeTrue();
        }
        finally
        {
            await AgentRig.ShellAsync("umount bound", rig.Root);
        }

        // Not every machine that mounts has loop devices.
        await AgentRig.ShellAsync(
            "truncate -s 8M image && (mkfs.ext4 -q image && mount -o loop image looped) 2>&- || true", rig.Root);
        if (Mount.At(rig.In("looped"))!.Point == rig.In("looped"))
        {
            var shared = Share(rig.In("looped"), rig.In("repo"));
            await AgentRig.ShellAsync("umount looped", rig.Root);
            shared.ShouldBeTrue();
        }
    }

    [Fact]
    public void Partitions_volumes_raids_and_file_systems_over_several_disks_lead_to_whole_disks()
    {
        Block("8:0", "pci/sda");
        Block("8:1", "pci/sda/sda1", partition: true);
        Block("8:2", "pci/sda/sda2", partition: true);
        Block("8:17", "pci/sdb/sdb1", partition: true);
        Block("259:1", "pci/nvme0/nvme0n1/nvme0n1p1", partition: true);
        Block("9:0", "virtual/md0", "pci/sda/sda2", "pci/sdb/sdb1");
        Block("253:0", "virtual/dm-0", "virtual/md0");
        Block("253:1", "virtual/dm-1", "virtual/dm-0");
        var made = new Disks(rig.In("sys"));

        made.Whole("8:1").ShouldBe(["disk sda"]);
        made.Whole("8:0").ShouldBe(["disk sda"]);
        made.Whole("259:1").ShouldBe(["disk nvme0n1"]);
        made.Whole("253:1").ShouldBe(["disk sda", "disk sdb"], ignoreOrder: true);
        made.Whole("1:1").ShouldBeEmpty();
    }

    private void Block(string number, string device, bool partition = false, params string[] slaves)
    {
        var folder = Directory.CreateDirectory(rig.In("sys/devices", device)).FullName;
        Directory.CreateDirectory(rig.In("sys/dev/block"));
        Directory.CreateSymbolicLink(rig.In("sys/dev/block", number), folder);
        if (partition)
        {
            File.WriteAllText(Path.Combine(folder, "partition"), "1");
        }

        foreach (var slave in slaves)
        {
            Directory.CreateDirectory(Path.Combine(folder, "slaves"));
            Directory.CreateSymbolicLink(Path.Combine(folder, "slaves", Path.GetFileName(slave)), rig.In("sys/devices", slave));
        }
    }

    private void Block(string number, string device, params string[] slaves) => Block(number, device, false, slaves);
}
