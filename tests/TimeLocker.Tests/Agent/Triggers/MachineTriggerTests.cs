using System.Net;
using System.Net.Sockets;
using Shouldly;
using TimeLocker.Agent.Triggers;
using TimeLocker.Core;
using TimeLocker.Core.Triggers;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent.Triggers;

/// <summary>The events of a machine with real files, mounts and sockets.</summary>
public sealed class MachineTriggerTests : IDisposable
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(50);

    private readonly string root = Directory.CreateTempSubdirectory("tl-events-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Changed_files_fire_when_it_has_been_quiet_whether_told_or_looked_for(bool listens)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "data", "deep")).FullName;
        var quiet = TimeSpan.FromSeconds(2);
        await using var watch = new Watched(new FilesTrigger(TimeProvider.System) { Listens = listens, Every = Often },
            ("path", Path.Combine(root, "data")), ("quietSeconds", $"{quiet.TotalSeconds}"));
        if (!listens)
        {
            var says = await watch.NextAsync();
            (says.OnlySays, says.Why.Full).ShouldBe((true, "It looks every 0 minutes instead of being told: it was told to."));
        }

        for (Firing? fired = null; fired is null;)
        {
            var first = TimeProvider.System.GetUtcNow();
            await TypeAsync(Path.Combine(folder, "novel.txt"));
            // what was typed before the first look is not seen: type again
            fired = await watch.WithinAsync(TimeSpan.FromSeconds(15));
            if (fired is not null)
            {
                (fired.Later, fired.Why.Full,
                    fired.Why.Unnamed).ShouldBe((true, $"Files in “{Path.Combine(root, "data")}” changed.",
                        "Files in “…” changed."));
                fired.At.ShouldBeGreaterThan(first + quiet - Often); // QuietTests say to the second after which word
            }
        }
    }

    [Fact]
    public async Task Folders_that_are_made_later_are_watched_too()
    {
        await using var watch = new Watched(new FilesTrigger(TimeProvider.System), ("path", root), ("quietSeconds", "1"));
        var inside = Path.Combine(root, "new", "newer");
        await UntilItFiresAsync(watch, i => Directory.CreateDirectory(Path.Combine(inside, $"{i}")));

        while (await watch.WithinAsync(TimeSpan.FromSeconds(3)) is not null)
        {
            // What came of the folders themselves.
        }

        await UntilItFiresAsync(watch, i => File.AppendAllText(Path.Combine(inside, "0", "file"), "x"));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_said_to_be_missing() =>
        (await Should.ThrowAsync<ProblemException>(async () =>
        {
            await using var watch = new Watched(new FilesTrigger(TimeProvider.System), ("path", Path.Combine(root, "gone")));
            await watch.NextAsync();
        })).Problem.What.Full.ShouldContain("cannot be watched");

    [MountTheory]
    [InlineData("usb disk")]
    public async Task A_mount_fires_when_it_appears_and_again_when_it_comes_back(string name)
    {
        var point = Path.Combine(root, name);
        var looks = new Looks();
        await using var watch = new Watched(new VolumeTrigger(TimeProvider.System)
        {
            Every = Often,
            Looked = looks.Note,
        }, ("volume", point + "/"));
        await looks.TwoMoreAsync();
        for (var time = 0; time < 2; time++)
        {
            var mounted = Mounted.Memory(point, "1m");
            try
            {
                var told = (await watch.NextAsync()).Why;
                (told.Full, told.Unnamed).ShouldBe(($"“{point}/” was mounted.", "“…” was mounted."));
                watch.IsQuiet.ShouldBeTrue();
            }
            finally
            {
                mounted.Dispose();
            }

            await looks.TwoMoreAsync();
        }
    }

    [Fact]
    public async Task A_volume_is_known_by_its_uuid_once_its_device_is_mounted()
    {
        var (device, mounts) = (Path.Combine(root, "sdz1"), Path.Combine(root, "mountinfo"));
        File.WriteAllText(device, "");
        File.WriteAllText(mounts, "");
        var (looks, others) = (new Looks(), new Looks());
        await using var watch = new Watched(new VolumeTrigger(TimeProvider.System)
        {
            Every = Often,
            ById = root,
            Mounts = mounts,
            Looked = looks.Note,
        }, ("volume", "1234-ABCD"));
        await using var eager = new Watched(new VolumeTrigger(TimeProvider.System)
        {
            Every = Often,
            ById = root,
            Mounts = mounts,
            Looked = others.Note,
        }, ("volume", "1234-ABCD"), ("mounted", "false"));
        await looks.TwoMoreAsync();
        await others.TwoMoreAsync();

        File.CreateSymbolicLink(Path.Combine(root, "1234-ABCD"), device);
        (await eager.NextAsync()).Why.Full.ShouldBe("The volume 1234-ABCD appeared.");
        await looks.TwoMoreAsync();
        watch.IsQuiet.ShouldBeTrue();

        var draft = mounts + ".new";
        File.WriteAllText(draft, $"36 35 98:0 / /media/usb rw - ext4 {device} rw\n");
        File.Move(draft, mounts, overwrite: true);
        (await watch.NextAsync()).Why.Full.ShouldBe("The volume 1234-ABCD appeared.");
    }

    [Fact]
    public async Task A_start_of_the_machine_fires_once_for_each_boot()
    {
        var boot = Path.Combine(root, "boot_id");
        File.WriteAllText(boot, "first\n");
        BootTrigger Start()
        {
            var trigger = new BootTrigger(TimeProvider.System, boot);
            trigger.Begin(root);
            return trigger;
        }

        await using var never = new Watched(Start(), ("afterSeconds", "0"));
        File.WriteAllText(boot, "second\n");
        var started = Start();
        await using var one = new Watched(started, ("afterSeconds", "0"));
        await using var other = new Watched(started, ("afterSeconds", "0"));
        await using var again = new Watched(Start(), ("afterSeconds", "0"));

        var (first, second) = (await one.NextAsync(), await other.NextAsync());
        first.ShouldBe(second);
        (first.Later, first.Why.Full.StartsWith("The machine was started at", StringComparison.Ordinal),
            first.At < TimeProvider.System.GetUtcNow()).ShouldBe((true, true, true));
        (never.IsQuiet, again.IsQuiet, one.IsQuiet).ShouldBe((true, true, true));
        File.GetUnixFileMode(Path.Combine(root, "boot-id")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_server_fires_when_it_answers_after_it_did_not()
    {
        var port = Ports.Free();
        var looks = new Looks();
        await using var watch = new Watched(new NetworkTrigger(TimeProvider.System)
        {
            Every = Often,
            Looked = looks.Note,
        }, ("host", "127.0.0.1"), ("port", $"{port}"));
        await looks.TwoMoreAsync();
        watch.IsQuiet.ShouldBeTrue();

        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();

        (await watch.NextAsync()).Why.Full.ShouldBe("127.0.0.1 became reachable.");
    }

    [MountTheory]
    [InlineData("3 MiB", 6)]
    [InlineData("50%", 6)]
    public async Task A_full_disk_fires_once_until_it_had_room_again(string below, int megabytes)
    {
        using var disk = Mounted.Memory(Path.Combine(root, "disk"), "8m");
        var looks = new Looks();
        await using var watch = new Watched(new SpaceTrigger(TimeProvider.System)
        {
            Every = Often,
            Looked = looks.Note,
        }, ("path", disk.Folder), ("below", below));
        await looks.TwoMoreAsync();
        watch.IsQuiet.ShouldBeTrue();
        var file = Path.Combine(disk.Folder, "large");

        for (var time = 0; time < 2; time++)
        {
            await File.WriteAllBytesAsync(file, new byte[megabytes << 20]);
            var low = (await watch.NextAsync()).Why;
            low.Unnamed.ShouldEndWith("of “…”.");
            // it may look while the file grows
            low.Full.ShouldMatch($"^Only [2-4]\\.\\d MiB are free on the disk of “{disk.Folder}”\\.$");
            await looks.TwoMoreAsync();
            watch.IsQuiet.ShouldBeTrue();
            File.Delete(file);
            await looks.TwoMoreAsync();
        }
    }

    private static async Task TypeAsync(string file)
    {
        for (var word = 0; word < 12; word++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100));
            await File.AppendAllTextAsync(file, "word ");
        }
    }

    private static async Task UntilItFiresAsync(Watched watch, Action<int> work)
    {
        for (var i = 0; i < 10; i++)
        {
            work(i);
            if (await watch.WithinAsync(TimeSpan.FromSeconds(6)) is not null)
            {
                return;
            }
        }

        throw new TimeoutException("It never fired.");
    }

    /// <summary>Looks that were taken: after two more, whatever is there now was seen.</summary>
    private sealed class Looks
    {
        private int count;

        public void Note() => Interlocked.Increment(ref count);

        public async Task TwoMoreAsync()
        {
            var before = Volatile.Read(ref count);
            await AgentRig.UntilAsync(() => Volatile.Read(ref count) >= before + 2);
        }
    }
}
