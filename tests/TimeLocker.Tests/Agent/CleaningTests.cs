using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>Exactly what nobody needs any more is removed; never what a living run uses.</summary>
public sealed class CleaningTests : IAsyncLifetime
{
    private static readonly DateTime Now = TimeProvider.System.GetUtcNow().UtcDateTime;
    private static readonly string Known = new('a', 64), Used = new('b', 64), Removed = new('c', 64);

    private readonly AgentRig rig = new(script: "while [ ! -e \"$(dirname \"$0\")/go\" ]; do sleep 0.05; done; exit 1");

    public async Task InitializeAsync()
    {
        await rig.CreateRepositoryAsync();
        rig.Write("data/file");
    }

    public async Task DisposeAsync()
    {
        rig.Write("go");
        await rig.DisposeAsync();
    }

    private static CleanUp Question => new([Known, Used], [], new DateTimeOffset(Now).AddDays(-90), 0, [], DryRun: false);

    private string Make(string path, int bytes, double daysAgo)
    {
        rig.Write(path, new string('x', bytes));
        var entry = path.Count(c => c == '/') > 2 ? Path.GetDirectoryName(rig.In(path))! : rig.In(path);
        Directory.SetLastWriteTimeUtc(entry, Now.AddDays(-daysAgo));
        return entry;
    }

    private async Task<string[]> CleanAsync(CleanUp question)
    {
        var planned = await rig.Agent.AskAsync(question with { DryRun = true }, default);
        var freed = await rig.Agent.AskAsync(question, default);
        freed.ShouldBe(planned);
        freed.ShouldAllBe(f => !Path.Exists(f.Path));
        return [.. freed.Select(f => $"{f.What} {Path.GetRelativePath(rig.Root, f.Path)} {f.Bytes}")];
    }

    [Fact]
    public async Task Caches_of_removed_repositories_go_and_those_of_known_ones_stay()
    {
        Make($"state/cache/{Removed}/pack", 100, 2);
        Make($"state/cache/{new string('d', 64)}/pack", 100, 0); // of a place that is being tested just now
        Make($"state/cache/{Known}/pack", 100, 200);
        Make("state/cache/not-a-cache/pack", 100, 200);

        (await CleanAsync(Question)).ShouldBe([$"cache state/cache/{Removed} 100"]);
    }

    [Fact]
    public async Task Above_the_limit_the_least_lately_used_cache_goes_but_none_that_a_living_run_may_use()
    {
        Make($"state/cache/{Known}/pack", 600, 3);
        Make($"state/cache/{Used}/pack", 600, 1);

        (await CleanAsync(Question with { CacheLimit = 1200 })).ShouldBeEmpty();
        (await CleanAsync(Question with
        {
            CacheLimit = 1000,
            LiveRuns = [Guid.NewGuid()],
            LiveSince = new DateTimeOffset(Now).AddDays(-4),
        })).ShouldBeEmpty();
        (await CleanAsync(Question with { CacheLimit = 1000 })).ShouldBe([$"cache state/cache/{Known} 600"]);
    }

    [Fact]
    public async Task What_dead_calls_and_crashed_runs_left_goes_keys_first()
    {
        Make("state/tmp/reach-dead/key", 10, 0.01);
        Make("state/tmp/pack", 20, 2);
        Make("state/tmp/new", 30, 0.5);
        Make($"state/runs/{Guid.NewGuid():N}/reach/key", 40, 0);
        rig.Restart();
        Make("state/tmp/reach-alive/key", 10, -0.01);

        var freed = await CleanAsync(Question);

        freed.Select(f => f.Split(' ')[0]).ShouldAllBe(what => what == "temporary");
        freed.Select(f => int.Parse(f.Split(' ')[2], null)).Order().ShouldBe([10, 20, 40]);
        Directory.EnumerateFileSystemEntries(rig.In("state/tmp")).Select(Path.GetFileName).Order().ShouldBe(["new", "reach-alive"]);
    }

    [Fact]
    public async Task Logs_of_runs_that_ended_before_go_and_a_living_run_keeps_its_folder_whatever_the_server_says()
    {
        rig.Write("go");
        var ended = await rig.RunAsync(rig.Backup(rig.Target, rig.In("data")));
        File.Delete(rig.In("go"));
        rig.Restart(); // for the old one it may not be over yet
        var live = rig.Backup(rig.Target, rig.In("data"));
        var running = rig.RunAsync(live);
        await AgentRig.UntilAsync(() => ((string[])["handed",
            "pid"]).All(name => new FileInfo(rig.In("state/runs", live.RunId.ToString("N"), name)) is
            {
                Exists: true,
                Length: > 0
            }));
        var tomorrow = Question with { LogsBefore = new DateTimeOffset(Now).AddDays(1) };

        (await CleanAsync(Question)).ShouldBeEmpty();
        (await CleanAsync(tomorrow with { LiveRuns = [ended.Id] })).ShouldBeEmpty();
        (await CleanAsync(tomorrow)).ShouldHaveSingleItem().ShouldStartWith($"log state/runs/{ended.Id:N} ");

        await rig.Agent.DisposeAsync(); // TimeLocker is restarted: only the process tells that the run lives
        await running;
        rig.Restart();
        (await CleanAsync(tomorrow)).ShouldBeEmpty();
        rig.Write("go");
        (await AgentRig.FollowAsync(rig.Agent, live, AgentRig.NewRun(live))).Outcome.ShouldBe(RunOutcome.Failed);
    }

    [Fact]
    public async Task A_restored_folder_goes_only_when_it_is_named_and_never_home_or_state_or_what_a_link_leads_to()
    {
        rig.Write("restored/some/file", "12345");
        await AgentRig.ShellAsync(
            "printf x > \"restored/$(printf 'bad\\377name')\"; mkdir kept; echo > kept/file; ln -s kept link",
            rig.Root);

        (await CleanAsync(Question with
        {
            Restores = [rig.Root, rig.State, "/",
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), rig.In("link"), rig.In("nothing"),
                rig.In("data", "..", "kept")]
        })).ShouldBeEmpty();
        (await CleanAsync(Question with { Restores = [rig.In("restored")] })).ShouldBe(["restore restored 5"]);
        File.Exists(rig.In("kept/file")).ShouldBeTrue();
    }
}
