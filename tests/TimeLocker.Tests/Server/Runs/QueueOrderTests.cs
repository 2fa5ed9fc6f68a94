using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Runs;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

/// <summary>Who may begin, and who waits for whom.</summary>
public sealed class QueueOrderTests
{
    private readonly QueueOrder order = new();
    private readonly Guid here = Guid.NewGuid();

    [Fact]
    public async Task One_writes_at_a_time_and_the_next_begins_when_it_leaves()
    {
        var first = await Ask(LockMode.Write, "First").Entry;
        var (second, reasons) = Ask(LockMode.Write, "Second");

        second.IsCompleted.ShouldBeFalse();
        reasons.ShouldHaveSingleItem().ShouldContain("“First”");
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task Readers_share_with_readers_and_with_the_writer()
    {
        using var writer = await Ask(LockMode.Write).Entry;
        using var one = await Ask(LockMode.Read).Entry;
        var (other, reasons) = Ask(LockMode.Read);

        using var two = await other;
        reasons.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(LockMode.Read)]
    [InlineData(LockMode.Write)]
    [InlineData(LockMode.Exclusive)]
    public async Task Exclusive_is_alone(LockMode other)
    {
        var alone = await Ask(LockMode.Exclusive).Entry;
        var (waiting, _) = Ask(other);

        waiting.IsCompleted.ShouldBeFalse();
        alone.Dispose();
        var entered = await waiting;
        var (again, _) = Ask(LockMode.Exclusive);
        again.IsCompleted.ShouldBeFalse();
        entered.Dispose();
        (await again).Dispose();
    }

    [Fact]
    public async Task Who_came_first_goes_first_even_where_a_later_one_would_fit()
    {
        var reader = await Ask(LockMode.Read).Entry;
        var (exclusive, _) = Ask(LockMode.Exclusive, "Prune");
        var (late, reasons) = Ask(LockMode.Read, "Late");

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
        using var here = await Ask(LockMode.Exclusive).Entry;
        using var there = await Ask(LockMode.Exclusive, at: Guid.NewGuid()).Entry;
    }

    [Fact]
    public async Task Who_needs_two_repositories_waits_for_both_and_is_told_for_which()
    {
        var there = Guid.NewGuid();
        var writer = await Ask(LockMode.Write, "Backup").Entry;
        var prune = await Ask(LockMode.Exclusive, "Prune", there).Entry;
        var reasons = new List<string>();
        var copy = order.Enter(Request("Copy", new RepositoryUse(here, LockMode.Read), new(there, LockMode.Write)),
            why => reasons.Add(why.Full)).TurnAsync(default);

        copy.IsCompleted.ShouldBeFalse();
        prune.Dispose();
        using var entered = await copy; // a backup of the source does not keep it out
        reasons.ShouldHaveSingleItem().ShouldContain("“Prune”");
        Ask(LockMode.Write, at: there).Entry.IsCompleted.ShouldBeFalse();
        writer.Dispose();
    }

    [Fact]
    public async Task A_machine_does_so_many_at_a_time_but_a_restore_is_never_kept_waiting()
    {
        var machine = Guid.NewGuid();
        order.Limit(machine, 1);
        var backup = new BackupRequest(BackupMode.Incremental, []);
        Task<IDisposable> Enter(RunRequest request, List<string> reasons, Guid? on = null) =>
            order.Enter(QueueRequest.Of(Examples.Run(Guid.NewGuid(), machine: on ?? machine, request: request)),
                why => reasons.Add(why.Full)).TurnAsync(default);

        var first = await Enter(backup, []);
        List<string> reasons = [];
        var second = Enter(new CheckRequest(CheckDepth.Metadata), reasons);
        second.IsCompleted.ShouldBeFalse();
        reasons.ShouldBe(["Waits: this machine already does 1 run."]);
        (await Enter(new RestoreRequest("", [], "/restored", OverwriteMode.Never, false, false), [])).Dispose();
        (await Enter(backup, [], on: Guid.NewGuid())).Dispose();
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task A_pause_keeps_everybody_out_but_what_goes_on_already()
    {
        order.Hold(Text.Verbatim("Paused until 18:00."));
        var (waiting, reasons) = Ask(LockMode.Read);
        using var going = await order.Enter(Request("Documents",
            new RepositoryUse(here, LockMode.Exclusive)) with
        { IsUnderWay = true }, _ => { }).TurnAsync(default);

        waiting.IsCompleted.ShouldBeFalse();
        order.Hold(null);
        waiting.IsCompleted.ShouldBeFalse("what goes on has the repository for itself");
        reasons.ShouldBe(["Paused until 18:00.", "Waits for “Documents”, which uses the same repository."]);
        going.Dispose();
        (await waiting).Dispose();
    }

    [Fact]
    public async Task Who_gives_up_waiting_blocks_nobody()
    {
        var writer = await Ask(LockMode.Write).Entry;
        using var patience = new CancellationTokenSource();
        var (gone, _) = Ask(LockMode.Exclusive, ct: patience.Token);
        var (reader, _) = Ask(LockMode.Read);
        reader.IsCompleted.ShouldBeFalse();

        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => gone);
        (await reader).Dispose();
        writer.Dispose();
        using var next = await Ask(LockMode.Exclusive).Entry;
    }

    [Fact]
    public async Task A_turn_given_back_twice_frees_one_place()
    {
        var first = await Ask(LockMode.Write).Entry;
        first.Dispose();
        using var second = await Ask(LockMode.Write).Entry;
        first.Dispose();

        Ask(LockMode.Write).Entry.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_hundred_at_once_never_write_together_and_all_get_their_turn()
    {
        var (inside, most, done) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async n =>
        {
            using var turn = await Task.Run(() => Ask(n % 10 == 0 ? LockMode.Exclusive : LockMode.Write).Entry);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref done);
        }));

        (most, done).ShouldBe((1, 100));
    }

    private (Task<IDisposable> Entry, List<string> Reasons) Ask(LockMode mode, string title = "Run", Guid? at = null,
        CancellationToken ct = default)
    {
        var reasons = new List<string>();
        return (order.Enter(Request(title, new RepositoryUse(at ?? here, mode)), why => reasons.Add(why.Full))
            .TurnAsync(ct), reasons);
    }

    private QueueRequest Request(string title, params RepositoryUse[] uses) =>
        new(Guid.NewGuid(), Text.Verbatim(title), Guid.NewGuid(), uses);
}
