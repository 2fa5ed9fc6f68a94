using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Snapshots;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>
/// A long answer comes part by part: who stops reading ends the restic behind it, and what breaks off is never taken
/// for all.
/// </summary>
public sealed class LongAnswerTests : IAsyncDisposable
{
    private const string Endless =
        "echo $$ >$0.pid; trap 'exit 143' TERM; printf '['; i=0; while [ $i -lt 400 ]; do one; i=$((i+1)); done; ";

    // 64 digits, and a path that is long enough to fill what lies between restic and its reader.
    private const string One =
        """one() { printf '{"id":"%064d","time":"2026-03-04T05:06:07Z","paths":["/srv/%0200d"]},' $i $i; }""";

    private readonly AgentRig rig = new(script: "");

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Fact]
    public async Task The_first_parts_are_there_before_restic_is_done_and_it_ends_with_who_stops_reading()
    {
        rig.StandIn($"{One}\n{Endless} while :; do sleep 0.1; done");

        await foreach (var snapshot in Listed(default))
        {
            Lives.ShouldBeTrue();
            snapshot.Id.ShouldBe(new string('0', 64));
            break;
        }

        await AgentRig.UntilAsync(() => !Lives);
    }

    [Fact]
    public async Task Restic_that_says_nothing_ends_when_the_asker_gives_up()
    {
        rig.StandIn("echo $$ >$0.pid; trap 'exit 143' TERM; while :; do sleep 0.1; done");
        using var patience = new CancellationTokenSource();
        var asked = Listed(patience.Token).ToListAsync(patience.Token).AsTask();
        await AgentRig.UntilAsync(() => File.Exists(Pid) && Lives);

        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(asked);
        await AgentRig.UntilAsync(() => !Lives);
    }

    [Theory]
    [InlineData("exit 0", "breaks off")]
    [InlineData("echo 'Fatal: the disk is gone' >&2; exit 1", "the disk is gone")]
    public async Task A_list_that_breaks_off_is_not_all(string end, string why)
    {
        rig.StandIn($"{One}\n{Endless} {end}");
        List<Snapshot> before = [];

        var problem = await Should.ThrowAsync<ProblemException>(async () =>
        {
            await foreach (var snapshot in Listed(default))
            {
                before.Add(snapshot);
            }
        });

        problem.Problem.Why.Full.ShouldContain(why);
        before.Count.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_question_of_a_newer_TimeLocker_is_refused()
    {
        var asked = rig.Agent.ReadAsync(new FromTheFuture(), default);
        (await Should.ThrowAsync<ProblemException>(async () =>
            await asked.FirstAsync())).Problem.Why.Full.ShouldContain(nameof(FromTheFuture));
    }

    private sealed record FromTheFuture : StreamQuestion<string>;

    private IAsyncEnumerable<Snapshot> Listed(CancellationToken ct) => rig.Restart().ReadAsync(new ListSnapshots(rig.Target), ct);

    private string Pid => rig.In("restic.pid");

    private bool Lives => File.Exists($"/proc/{File.ReadAllText(Pid).Trim()}/stat");
}
