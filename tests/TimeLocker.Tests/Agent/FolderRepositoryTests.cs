using Shouldly;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Probes;
using Xunit;

namespace TimeLocker.Tests.Agent;

public sealed class FolderRepositoryTests
{
    [Fact]
    public async Task The_word_of_restic_holds_only_with_the_same_config_mount_and_a_kept_snapshot()
    {
        await using var rig = new AgentRig();
        await rig.CreateRepositoryAsync();
        var (repository, id) = (rig.In("repo"), new string('1', 64));
        var (config, mount) = (FolderRepository.ConfigHash(repository), FolderRepository.Mount(repository));
        rig.Write($"repo/snapshots/{id}");
        Directory.CreateSymbolicLink(rig.In("link"), repository);

        mount.ShouldNotBeNull().Split(' ').Length.ShouldBe(4);
        FolderRepository.Mount(rig.In("link")).ShouldBe(mount);
        FolderRepository.Disprove(repository, config, mount, id).ShouldBeNull();
        FolderRepository.Disprove(repository, config, mount,
            new string('2', 64))!.What.Full.ShouldBe("The backup is not in the repository.");
        FolderRepository.Disprove(repository, config, "/ 0:1 nfs elsewhere", id)!.What.Full.ShouldBe("The backup is lost.");
        FolderRepository.Disprove(repository, "other", mount, id)!.What.Full.ShouldBe("The backup is lost.");
    }
}
