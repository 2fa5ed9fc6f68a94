using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What the server relies on, whichever machine it is and however it is reached.</summary>
public abstract class AgentContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The machine. What it has begun goes on in the one that takes its place.</summary>
    protected abstract IAgent Agent { get; }

    /// <summary>A job that is not over before <see cref="LetEnd"/>.</summary>
    protected abstract RunSpec Job();

    /// <summary>A job that has no chance to come to its end by itself.</summary>
    protected virtual RunSpec LongJob() => Job();

    /// <summary>Called again and again: lets what was begun come to its end.</summary>
    protected abstract void LetEnd();

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    [Fact]
    public async Task A_run_is_known_from_its_beginning_and_has_one_end_which_comes_last()
    {
        var job = Job();
        (await Agent.KnowsAsync(job.RunId, default)).ShouldBeFalse();

        var events = await ToEndAsync(job);

        (await Agent.KnowsAsync(job.RunId, default)).ShouldBeTrue();
        events.OfType<RunEnded>().ShouldHaveSingleItem().ShouldBeSameAs(events[^1]);
        events.OfType<RunEnded>().Single().Outcome.ShouldBe(RunOutcome.Succeeded);
        events.OfType<RunStarted>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Events_are_numbered_and_whoever_joins_hears_only_what_is_new()
    {
        var job = Job();
        var events = await ToEndAsync(job);
        events.Select(e => e.Sequence).ShouldBeInOrder(SortDirection.Ascending);
        events.Select(e => e.Sequence).ShouldBeUnique();

        var known = events[^2].Sequence;
        (await ToEndAsync(job, known)).ShouldAllBe(e => e.Sequence > known);
    }

    [Fact]
    public async Task Whoever_joins_what_is_over_hears_the_same_end_and_nothing_is_begun_again()
    {
        var job = Job();
        var first = (RunEnded)(await ToEndAsync(job))[^1];

        var second = (RunEnded)(await ToEndAsync(job))[^1];

        (second.Outcome, second.SnapshotId).ShouldBe((first.Outcome, first.SnapshotId));
    }

    [Fact]
    public async Task Whoever_stops_listening_stops_no_work()
    {
        var job = Job();
        using var leaves = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in Agent.RunAsync(job, 0, leaves.Token))
            {
                if (happened is RunStarted)
                {
                    await leaves.CancelAsync();
                }
            }

            leaves.Token.ThrowIfCancellationRequested();
        });

        ((RunEnded)(await ToEndAsync(job))[^1]).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_stop_ends_the_run_as_cancelled()
    {
        var job = LongJob();
        List<RunEvent> events = [];
        await foreach (var happened in Agent.RunAsync(job, 0, default))
        {
            events.Add(happened);
            if (happened is RunStarted)
            {
                await Agent.StopAsync(job.RunId, default);
                LetTimePass();
            }
        }

        ((RunEnded)events[^1]).Outcome.ShouldBe(RunOutcome.Cancelled);
    }

    [Fact]
    public async Task A_stop_of_what_is_over_or_was_never_there_does_nothing()
    {
        var job = Job();
        await ToEndAsync(job);

        await Agent.StopAsync(job.RunId, default);
        await Agent.StopAsync(Guid.NewGuid(), default);

        ((RunEnded)(await ToEndAsync(job))[^1]).Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task A_question_is_answered_or_refused_in_words()
    {
        try
        {
            (await Agent.AskAsync(new DescribeMachine(), default)).Host.ShouldNotBeEmpty();
        }
        catch (ProblemException refused)
        {
            refused.Problem.What.Full.ShouldNotBeEmpty();
        }
    }

    /// <summary>For machines on a clock of the test.</summary>
    protected virtual void LetTimePass()
    {
    }

    private async Task<List<RunEvent>> ToEndAsync(RunSpec job, long after = 0)
    {
        using var limit = new CancellationTokenSource(Patience);
        var told = Agent.RunAsync(job, after, limit.Token).ToListAsync(limit.Token).AsTask();
        while (!told.IsCompleted)
        {
            LetEnd();
            await Task.WhenAny(told, Task.Delay(20, limit.Token));
        }

        return await told;
    }
}
