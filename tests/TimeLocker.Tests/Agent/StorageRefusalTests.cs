using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Repositories.Backends;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>Real servers that do not let a backup in, or have no room for it: it ends soon, says why, and leaves no lock.</summary>
public sealed class StorageRefusalTests : IAsyncLifetime
{
    private readonly AgentRig rig = new(patience: TimeSpan.FromSeconds(3));
    private readonly List<IAsyncDisposable> started = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await rig.DisposeAsync();
        foreach (var one in started)
        {
            await one.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("certificate", "certificate is not trusted", "authority")]
    [InlineData("server's password", "refuses access", "401")]
    [InlineData("repository's password", "password is wrong", "no key")]
    [InlineData("host key", "not the one that is known", "host key")]
    [InlineData("user key", "does not let TimeLocker in", "key")]
    [InlineData("share's password", "refuses access", "password")]
    [InlineData("access key", "refuses access", "key")]
    [InlineData("bucket", "no repository at this place", "exist")]
    public async Task What_is_wrong_is_said_at_once(string wrong, string what, string why)
    {
        var place = wrong switch
        {
            "certificate" => Rest(await RestServer.NewAsync(tls: true)).With("caCertificate", ""),
            "server's password" => Rest(await RestServer.NewAsync()).With("password", "not this one"),
            "repository's password" => Rest(await RestServer.NewAsync()),
            "host key" => Ssh(await SshServer.NewAsync()).With("hostKey", await KeyAsync(".pub")),
            "user key" => Ssh(await SshServer.NewAsync()).With("privateKey", await KeyAsync("")),
            "share's password" => Keep(await SmbServer.NewAsync()).Place("one").With("password", "not this one"),
            "access key" => Keep(await S3Server.NewAsync(strict: true)).Place("one"),
            _ => Keep(await S3Server.NewAsync()).Place("one").With("bucket", "nowhere"),
        };
        var folder = place.Plain.StartsWith('/') ? place.Plain : null;
        if (folder is not null)
        {
            FreshRepository.Put(folder, AgentRig.Password);
        }

        var target =
            Target(place) with
            {
                Password = new Secret(wrong == "repository's password" ? "not this one"
                : AgentRig.Password)
            };
        var run = await rig.RunAsync(rig.Backup(target, rig.Write("source/file")));
        if (run.Problem?.Why.Full.Contains("without giving a reason", StringComparison.Ordinal) == true)
        {
            // on a busy machine restic may end before it has passed on what ssh said last
            run = await rig.RunAsync(rig.Backup(target, rig.In("source/file")));
        }

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Problem!.What.Full.ShouldContain(what);
        run.Problem.Why.Full.ShouldContain(why);
        run.Problem.Next.Full.ShouldNotBeEmpty();
        if (folder is not null)
        {
            Directory.EnumerateFiles(Path.Combine(folder, "locks")).ShouldBeEmpty();
        }
    }

    [MountTheory]
    [InlineData(false, "disk is full")]
    [InlineData(true, "quota is used up")]
    public async Task A_full_disk_ends_the_run_and_leaves_neither_lock_nor_half_a_file(bool served, string what)
    {
        var (target, disk) = await DiskAsync(served);
        using var _ = disk;

        var run = await rig.RunAsync(rig.Backup(target, rig.WriteNoise("source/noise", 60)));

        (run.Outcome, run.SnapshotId).ShouldBe((RunOutcome.Failed, null));
        run.Problem!.What.Full.ShouldContain(what);
        Directory.EnumerateFiles(Path.Combine(disk.Folder, "locks")).ShouldBeEmpty();
        Directory.EnumerateFiles(disk.Folder, "*tmp*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [MountTheory]
    [InlineData(false, "cannot be written")]
    [InlineData(true, "server")]
    public async Task A_read_only_disk_ends_the_run(bool served, string what)
    {
        var (target, disk) = await DiskAsync(served);
        using var _ = disk;
        disk.ReadOnly(true);

        var run = await rig.RunAsync(rig.Backup(target, rig.Write("source/file")));

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Problem!.What.Full.ShouldContain(what);
        disk.ReadOnly(false);
    }

    [Fact]
    public async Task An_ssh_server_that_dies_ends_the_run_and_the_next_one_removes_the_lock()
    {
        var server = await SshServer.NewAsync();
        var place = Ssh(server);
        var way = Keep(new FaultProxy(server.Port) { BytesPerSecond = 2 << 20 });
        FreshRepository.Put(place.Plain, AgentRig.Password);
        var target = Target(place.With("port", $"{way.Port}"));
        var spec = rig.Backup(target, rig.WriteNoise("source/noise", 12));
        var run = AgentRig.NewRun(spec);
        var ended = AgentRig.FollowAsync(rig.Agent, spec, run);
        await AgentRig.UntilAsync(() => way.Sent > 1 << 20);

        way.Fault = Fault.Refused;
        await ended;

        run.Outcome.ShouldBe(RunOutcome.Failed);
        run.Problem!.What.Full.ShouldContain("server", Case.Insensitive, run.Problem.Why.Full + await rig.LogAsync(run.Id));
        (way.Fault, way.BytesPerSecond) = (Fault.None, 0);
        (await rig.RunAsync(rig.Backup(target, rig.In("source")))).Outcome.ShouldBe(RunOutcome.Succeeded);
        Directory.EnumerateFiles(Path.Combine(place.Plain, "locks")).ShouldBeEmpty();
    }

    private static ResticTarget Target(Place place)
    {
        IRepositoryBackend backend = place.Backend switch
        {
            "rest" => new RestBackend(),
            "sftp" => new SftpBackend(),
            "smb" => new SmbBackend(),
            _ => new S3Backend()
        };
        return backend.Target(new FieldValues(place.Values).Checked(backend)) with { Password = new Secret(AgentRig.Password) };
    }

    /// <summary>A repository on a disk of 40 MiB, as a folder or given out by a server.</summary>
    private async Task<(ResticTarget Target, Mounted Disk)> DiskAsync(bool served)
    {
        var server = Keep(await RestServer.NewAsync());
        var place = server.Place("one");
        var disk = Mounted.Memory(place.Plain, "40m");
        FreshRepository.Put(disk.Folder, AgentRig.Password);
        return (served ? Target(place)
            : new LocalBackend().Target(new FieldValues(new Dictionary<string,
                string>
            { ["path"] = disk.Folder })) with
            { Password = new Secret(AgentRig.Password) }, disk);
    }

    private async Task<string> KeyAsync(string part)
    {
        await SshServer.KeyAsync(rig.In("stranger"));
        return await File.ReadAllTextAsync(rig.In("stranger") + part);
    }

    private Place Rest(RestServer server) => Keep(server).Place("one");

    private Place Ssh(SshServer server) => Keep(server).Place("one");

    private T Keep<T>(T server) where T : IAsyncDisposable
    {
        started.Insert(0, server);
        return server;
    }
}
