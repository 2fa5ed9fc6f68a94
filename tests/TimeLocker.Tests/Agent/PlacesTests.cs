using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Shouldly;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Probes;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Secrets;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What an agent finds out about a place before anything is written there.</summary>
public sealed class PlacesTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();

    public Task InitializeAsync() => Task.CompletedTask;
    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_server_that_is_not_there_is_named_long_before_restic_gives_up()
    {
        var since = Stopwatch.GetTimestamp();
        var facts = await rig.Agent.AskAsync(
            new TestRepository(new ResticTarget
            {
                Location = $"rest:http://127.0.0.1:{Ports.Free()}/",
                Password = new Secret(AgentRig.Password),
            }), default);

        (facts.State, facts.Problem!.What.Full).ShouldBe((RepositoryState.Refused, "The server does not answer."));
        Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_machine_says_what_its_restic_can_reach()
    {
        var facts = await rig.Agent.AskAsync(new DescribeMachine(), default);

        facts.Schemes.ShouldContain("rest");
        facts.Schemes.ShouldContain("s3");
        facts.Schemes.ShouldContain("sftp");
        facts.Schemes.ShouldNotContain("nothing");
    }

    [Fact]
    public async Task Without_the_expected_mount_nothing_is_written()
    {
        var elsewhere = rig.Target with { MountSource = "nas:/export/backup" };

        (await rig.Agent.AskAsync(new TestRepository(elsewhere), default)).Problem!.What.Full.ShouldBe("The share is not mounted.");
        (await Should.ThrowAsync<ProblemException>(() => rig.Agent.AskAsync(new CreateRepository(elsewhere),
            default))).Kind.ShouldBe(ProblemKind.Unavailable);
        Directory.Exists(rig.In("repo")).ShouldBeFalse();

        var target = await rig.CreateRepositoryAsync();
        var run = await rig.RunAsync(rig.Backup(target with { MountSource = "nas:/export/backup" },
            Path.GetDirectoryName(rig.Write("data/a"))!));
        (run.Outcome, run.Problem!.What.Full).ShouldBe((RunOutcome.Failed, "The share is not mounted."));
        Directory.EnumerateFileSystemEntries(rig.In("repo", "data")).ShouldBeEmpty();
    }

    [Fact]
    public async Task With_the_expected_mount_all_is_as_usual()
    {
        var mount = Mount.At(rig.In("repo", "not", "yet", "there")).ShouldNotBeNull();
        var target = await rig.CreateRepositoryAsync() with { MountSource = mount.Source };

        (await rig.Agent.AskAsync(new TestRepository(target), default)).State.ShouldBe(RepositoryState.Ready);
        Mount.At("/proc/self").ShouldNotBeNull().ShouldSatisfyAllConditions(m => m.Point.ShouldBe("/proc"),
            m => m.Source.ShouldBe("proc"));
        MountedShare.Missing(target with { Folder = "/proc/self" }).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(403, true)]
    [InlineData(404, false)]
    [InlineData(500, false)]
    public async Task A_server_that_lets_nothing_be_removed_is_recognised(int answer, bool appendOnly)
    {
        var port = Ports.Free();
        using var server = new HttpListener();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        var target = new ResticTarget
        {
            Location = $"rest:http://127.0.0.1:{port}/office/",
            Environment = new Dictionary<string, Secret>
            {
                ["RESTIC_REST_USERNAME"] = new("u"),
                ["RESTIC_REST_PASSWORD"] = new("p:w"),
            },
        };
        var asked = AppendOnlyProbe.AskAsync(target, default);
        var context = await server.GetContextAsync();
        var seen = (context.Request.HttpMethod, context.Request.RawUrl, context.Request.Headers["Authorization"]);
        context.Response.StatusCode = answer;
        context.Response.Close();

        (await asked).ShouldBe(appendOnly);
        seen.ShouldBe(("DELETE", $"/office/data/{new string('0', 64)}",
            $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("u:p:w"))}"));
    }

    [Theory]
    [InlineData(404, "<Error><Code>NoSuchBucket</Code></Error>", true)]
    [InlineData(404, "<Error><Code>NoSuchKey</Code></Error>", false)]
    [InlineData(403, "<Error><Code>AccessDenied</Code></Error>", false)]
    public async Task A_missing_bucket_is_told_from_a_missing_repository(int status, string body, bool missing)
    {
        var port = Ports.Free();
        using var server = new HttpListener();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        var asked = BucketProbe.MissingAsync(new ResticTarget { Location = $"s3:http://127.0.0.1:{port}/company/office" }, default);
        var context = await server.GetContextAsync();
        var seen = context.Request.RawUrl;
        context.Response.StatusCode = status;
        context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);

        ((await asked), seen).ShouldBe((missing, "/company?location"));
    }

    [Fact]
    public async Task The_keys_of_an_SSH_server_are_read_with_their_fingerprints()
    {
        var port = Ports.Free();
        var known = await AgentRig.ShellAsync($$"""
            ssh-keygen -q -t ed25519 -N '' -f host
            mkdir -p /run/sshd
            $(command -v sshd || echo /usr/sbin/sshd) -f /dev/null -h {{rig.In("host")}} -p {{port}} -o ListenAddress=127.0.0.1 -o PidFile={{rig.In("sshd.pid")}}
            ssh-keygen -lf host.pub
            """, rig.Root);
        try
        {
            // written once it listens
            await AgentRig.UntilAsync(() => File.Exists(rig.In("sshd.pid"))
                && File.ReadAllText(rig.In("sshd.pid")).EndsWith('\n'));
            var keys = await rig.Agent.AskAsync(new ReadHostKeys("127.0.0.1", port), default);

            keys.Select(k => k.Fingerprint).ShouldBe([known.Split(' ')[1]]);
            (await File.ReadAllTextAsync(rig.In("host.pub"))).ShouldStartWith(keys[0].Key);
        }
        finally
        {
            await AgentRig.ShellAsync("kill $(cat sshd.pid)", rig.Root);
        }

        (await Should.ThrowAsync<ProblemException>(() => rig.Agent.AskAsync(new ReadHostKeys("127.0.0.1", Ports.Free()),
            default))).Kind.ShouldBe(ProblemKind.Unavailable);
        (await Should.ThrowAsync<ProblemException>(() => rig.Agent.AskAsync(new ReadHostKeys("-oProxyCommand=x", 22),
            default))).Kind.ShouldBe(ProblemKind.Invalid);
    }
}
