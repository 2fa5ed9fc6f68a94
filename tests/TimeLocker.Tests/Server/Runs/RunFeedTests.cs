using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

public sealed class RunFeedTests
{
    private readonly RunFeed feed = new(TimeProvider.System);

    [Fact]
    public void What_runs_is_known_until_it_ends()
    {
        var (older, newer) = (Examples.Run(), Examples.Run());
        feed.Publish(newer);
        feed.Publish(older);
        feed.Waits(older, Text.Verbatim("Waits for “Photos”."));

        feed.Active.ShouldBe(new[] { older, newer }.OldestFirst());
        (feed.Current(older.Id), feed.WaitingFor(older.Id)?.Full).ShouldBe((older, "Waits for “Photos”."));
        End(older);
        (feed.Current(older.Id), feed.WaitingFor(older.Id)).ShouldBe((null, null));
        feed.Active.ShouldBe([newer]);
    }

    [Fact]
    public async Task A_slow_reader_gets_the_latest_state_of_each_run_and_every_end()
    {
        using var watch = feed.Watch();
        var runs = Enumerable.Range(0, 50).Select(_ => Examples.Run()).ToList();
        foreach (var run in runs)
        {
            for (var n = 1; n <= 200; n++)
            {
                run.Apply(new RunProgressed(new RunProgress { FilesDone = n }) { At = Examples.Noon, Sequence = n });
                feed.Publish(run);
            }

            End(run);
        }

        var seen = await ReadAsync(watch, 50);

        seen.Count.ShouldBe(50);
        seen.ShouldAllBe(r => r.HasEnded && r.Progress.FilesDone == 200);
    }

    [Fact]
    public async Task No_end_is_missed_by_any_of_many_readers_while_many_write()
    {
        var watches = Enumerable.Range(0, 8).Select(_ => feed.Watch()).ToList();
        var readers = watches.Select(w => Task.Run(() => ReadAsync(w, 200))).ToList();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var n = 0; n < 50; n++)
            {
                var run = Examples.Run();
                feed.Publish(run);
                await Task.Yield();
                End(run);
            }
        })));

        foreach (var reader in readers)
        {
            (await reader).Count(r => r.HasEnded).ShouldBe(200);
        }
    }

    [Fact]
    public async Task A_reader_that_left_is_forgotten()
    {
        var watch = feed.Watch();
        watch.Dispose();
        End(Examples.Run());

        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var run in watch.ReadAsync(soon.Token))
            {
                run.ShouldBeNull();
            }
        });
    }

    private void End(Run run)
    {
        run.Apply(Examples.End(RunOutcome.Succeeded));
        feed.Publish(run);
    }

    /// <summary>Reads until so many different runs were seen at their end.</summary>
    private static async Task<IReadOnlyCollection<Run>> ReadAsync(RunSubscription watch, int ends)
    {
        var ended = new HashSet<Run>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var run in watch.ReadAsync(limit.Token))
        {
            if (run.HasEnded && ended.Add(run) && ended.Count == ends)
            {
                break;
            }
        }

        return ended;
    }
}
