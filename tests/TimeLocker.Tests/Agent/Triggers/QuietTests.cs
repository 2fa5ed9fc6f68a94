using Shouldly;
using TimeLocker.Agent.Triggers;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Agent.Triggers;

/// <summary>
/// How long changed files are waited for, on a clock that the test moves; the files and who tells of them are real.
/// </summary>
public sealed class QuietTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(20);

    private readonly string root = Directory.CreateTempSubdirectory("tl-quiet-").FullName;
    private readonly FakeClock clock = new(timers: true);

    private string Novel => Path.Combine(root, "novel");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Files_that_never_rest_are_waited_for_no_longer_than_was_said()
    {
        await using var watch = await WatchAsync(quietSeconds: 50, mostMinutes: 5);
        var (first, quiet) = (clock.GetUtcNow(), TimeSpan.FromSeconds(50));
        var latest = first + TimeSpan.FromMinutes(5);
        while (clock.GetUtcNow() + Step < latest)
        {
            await ChangeAsync(clock.GetUtcNow() + quiet is var rested && rested < latest ? rested : latest);
            clock.Advance(Step);
            watch.IsQuiet.ShouldBeTrue();
        }

        clock.Advance(latest - clock.GetUtcNow());

        (await watch.NextAsync()).At.ShouldBe(latest);
    }

    [Fact]
    public async Task A_quiet_that_is_longer_than_the_latest_moment_is_cut_short()
    {
        await using var watch = await WatchAsync(quietSeconds: 86400, mostMinutes: 2);
        var latest = clock.GetUtcNow() + TimeSpan.FromMinutes(2);
        await ChangeAsync(latest);

        clock.Advance(TimeSpan.FromMinutes(2));

        (await watch.NextAsync()).At.ShouldBe(latest);
    }

    [Fact]
    public async Task Files_that_rest_are_not_waited_for_until_the_latest_moment()
    {
        await using var watch = await WatchAsync(quietSeconds: 50, mostMinutes: 5);
        var rested = clock.GetUtcNow() + TimeSpan.FromSeconds(50);
        await ChangeAsync(rested);

        clock.Advance(TimeSpan.FromSeconds(50));

        (await watch.NextAsync()).At.ShouldBe(rested);
    }

    private async Task<Watched> WatchAsync(int quietSeconds, int mostMinutes)
    {
        await File.WriteAllTextAsync(Novel, ""); // more words in a file that is there are one event, a new file would be two
        var watch = new Watched(new FilesTrigger(clock), ("path", root), ("quietSeconds", $"{quietSeconds}"),
            ("mostMinutes", $"{mostMinutes}"));
        // it looks again in a minute: so it has begun to listen
        await AgentRig.UntilAsync(() => clock.Rings(clock.GetUtcNow() + TimeSpan.FromMinutes(1)));
        clock.Advance(TimeSpan.FromSeconds(1)); // from here on nobody else waits for a moment of these tests
        return watch;
    }

    /// <summary>Something is written, and the trigger waits until then.</summary>
    private async Task ChangeAsync(DateTimeOffset until)
    {
        await File.AppendAllTextAsync(Novel, "word ");
        await AgentRig.UntilAsync(() => clock.Rings(until));
    }
}
