using Shouldly;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>Who may begin, and who waits for whom.</summary>
public sealed class TurnsTests
{
    private readonly Turns turns = new();
    private readonly Guid here = Guid.NewGuid();

    [Fact]
    public async Task One_writes_at_a_time_and_the_next_begins_when_it_leaves()
    {
        var first = await Ask(Turn.Write, "First").Entry;
        var (second, reasons) = Ask(Turn.Write, "Second");

        second.IsCompleted.ShouldBeFalse();
        reasons.ShouldHaveSingleItem().ShouldContain("“First”");
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task Readers_share_with_readers_and_with_the_writer()
    {
        using var writer = await Ask(Turn.Write).Entry;
        using var one = await Ask(Turn.Read).Entry;
        var (other, reasons) = Ask(Turn.Read);

        using var two = await other;
        reasons.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Turn.Read)]
    [InlineData(Turn.Write)]
    [InlineData(Turn.Exclusive)]
    public async Task Exclusive_is_alone(Turn other)
    {
        var alone = await Ask(Turn.Exclusive).Entry;
        var (waiting, _) = Ask(other);

        waiting.IsCompleted.ShouldBeFalse();
        alone.Dispose();
        var entered = await waiting;
        var (again, _) = Ask(Turn.Exclusive);
        again.IsCompleted.ShouldBeFalse();
        entered.Dispose();
        (await again).Dispose();
    }

    [Fact]
    public async Task Who_came_first_goes_first_even_where_a_later_one_would_fit()
    {
        var reader = await Ask(Turn.Read).Entry;
        var (exclusive, _) = Ask(Turn.Exclusive, "Prune");
        var (late, reasons) = Ask(Turn.Read, "Late");

        late.IsCompleted.ShouldBeFalse();
        reasons.ShouldHaveSingleItem().ShouldContain("“Prune”");
        reader.Dispose();
        var alone = await exclusive;
        late.IsCompleted.ShouldBeFalse();
        alone.Dispose();
        (await late).Dispose();
    }

    [Fact]
    public async Task Repositories_do_not_wait_for_each_other()
    {
        using var here = await Ask(Turn.Exclusive).Entry;
        using var there = await Ask(Turn.Exclusive, at: Guid.NewGuid()).Entry;
    }

    [Fact]
    public async Task Who_needs_two_repositories_waits_for_both_and_is_told_for_which()
    {
        var there = Guid.NewGuid();
        var writer = await Ask(Turn.Write, "Backup").Entry;
        var prune = await Ask(Turn.Exclusive, "Prune", there).Entry;
        var reasons = new List<string>();
        var copy = turns.Stand(Examples.Run(there, "Copy"), [new(here, Turn.Read), new(there, Turn.Write)], going: false, reasons.Add).EnterAsync(default);

        copy.IsCompleted.ShouldBeFalse();
        prune.Dispose();
        using var entered = await copy; // a backup of the source does not keep it out
        reasons.ShouldHaveSingleItem().ShouldContain("“Prune”");
        Ask(Turn.Write, at: there).Entry.IsCompleted.ShouldBeFalse();
        writer.Dispose();
    }

    [Fact]
    public async Task A_machine_does_so_many_at_a_time_but_a_restore_is_never_kept_waiting()
    {
        turns.Limit(1);
        var machine = Guid.NewGuid();
        Task<IDisposable> Enter(RunKind kind, List<string> reasons, Guid? on = null) => turns.Stand(Examples.Run(machine: on ?? machine, kind: kind), [new(Guid.NewGuid(), Turn.Read)], going: false, reasons.Add).EnterAsync(default);

        var first = await Enter(RunKind.Backup, []);
        List<string> reasons = [];
        var second = Enter(RunKind.Check, reasons);
        second.IsCompleted.ShouldBeFalse();
        reasons.ShouldBe(["Waits: this machine already does 1 run."]);
        (await Enter(RunKind.Restore, [])).Dispose();
        (await Enter(RunKind.Backup, [], on: Guid.NewGuid())).Dispose();
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task A_pause_keeps_everybody_out_but_what_goes_on_already()
    {
        turns.Hold("Paused until 18:00.");
        var (waiting, reasons) = Ask(Turn.Read);
        using var going = await turns.Stand(Examples.Run(here), [new(here, Turn.Exclusive)], going: true, _ => { }).EnterAsync(default);

        waiting.IsCompleted.ShouldBeFalse();
        turns.Hold(null);
        waiting.IsCompleted.ShouldBeFalse("what goes on has the repository for itself");
        reasons.ShouldBe(["Paused until 18:00.", "Waits for “Documents”, which uses the same repository."]);
        going.Dispose();
        (await waiting).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_waiting_blocks_nobody()
    {
        var writer = await Ask(Turn.Write).Entry;
        using var patience = new CancellationTokenSource();
        var (gone, _) = Ask(Turn.Exclusive, ct: patience.Token);
        var (reader, _) = Ask(Turn.Read);
        reader.IsCompleted.ShouldBeFalse();

        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => gone);
        (await reader).Dispose();
        writer.Dispose();
        using var next = await Ask(Turn.Exclusive).Entry;
    }

    [Fact]
    public async Task A_turn_given_back_twice_frees_one_place()
    {
        var first = await Ask(Turn.Write).Entry;
        first.Dispose();
        using var second = await Ask(Turn.Write).Entry;
        first.Dispose();

        Ask(Turn.Write).Entry.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_hundred_at_once_never_write_together_and_all_get_their_turn()
    {
        var (inside, most, done) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async n =>
        {
            using var turn = await Task.Run(() => Ask(n % 10 == 0 ? Turn.Exclusive : Turn.Write).Entry);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref done);
        }));

        (most, done).ShouldBe((1, 100));
    }

    private (Task<IDisposable> Entry, List<string> Reasons) Ask(Turn turn, string title = "Run", Guid? at = null, CancellationToken ct = default)
    {
        var reasons = new List<string>();
        return (turns.Stand(Examples.Run(at ?? here, title), [new(at ?? here, turn)], going: false, reasons.Add).EnterAsync(ct), reasons);
    }
}
