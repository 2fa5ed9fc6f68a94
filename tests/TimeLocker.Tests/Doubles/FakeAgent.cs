using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Tests.Doubles;

/// <summary>
/// A machine whose runs take so long and end so as a test says, on the test's clock. It outlives servers, as processes
/// do.
/// </summary>
public sealed class FakeAgent(TimeProvider clock) : IAgent
{
    private readonly ConcurrentDictionary<Guid, Work> works = new();
    private readonly ConcurrentDictionary<Guid, int> listened = new();

    private sealed record Work(TimeSpan Takes, RunOutcome Outcome, DateTimeOffset Begun, CancellationTokenSource Stopped)
    {
        public Task? Sleeps { get; set; }
        public RunOutcome? Ended { get; set; }
    }

    /// <summary>How long a run takes and how it ends; by its plan's name.</summary>
    public Func<BackupSpec,
        (TimeSpan Takes, RunOutcome Outcome)> Behaves
    { get; set; } = _ => (TimeSpan.FromMinutes(1),
            RunOutcome.Succeeded);

    /// <summary>Where it stands.</summary>
    public string? Zone { get; init; }

    public IReadOnlyList<Guid> Begun => [.. works.Keys];
    public int Most { get; private set; }

    public Task<bool> KnowsAsync(Guid runId, CancellationToken ct) => Task.FromResult(works.ContainsKey(runId));

    /// <summary>It is at work now, and nothing will happen before the clock is moved.</summary>
    public bool Works(Guid runId) => works.TryGetValue(runId, out var work) && work.Sleeps is { IsCompleted: false };

    /// <summary>
    /// What becomes of its words on their way: they are cut, repeated, come late. Also given: how often somebody had
    /// listened before.
    /// </summary>
    public Func<IAsyncEnumerable<RunEvent>, int, IAsyncEnumerable<RunEvent>> Passes { get; set; } = (said, _) => said;

    /// <summary>As a machine does that was set up anew.</summary>
    public void Forget() => works.Clear();

    public IAsyncEnumerable<RunEvent> RunAsync(RunSpec spec, long afterSequence, CancellationToken ct) =>
        Passes(SayAsync(spec, afterSequence, ct), listened.AddOrUpdate(spec.RunId, 0, (_, before) => before + 1));

    private async IAsyncEnumerable<RunEvent> SayAsync(RunSpec spec, long afterSequence,
        [EnumeratorCancellation] CancellationToken ct)
    {
        var work = works.GetOrAdd(spec.RunId, _ =>
        {
            var (takes, outcome) = spec is BackupSpec backup ? Behaves(backup) : (TimeSpan.FromMinutes(1), RunOutcome.Succeeded);
            return new(takes, outcome, clock.GetUtcNow(), new());
        });
        yield return new RunStarted("restic", "0.19.1") { At = clock.GetUtcNow(), Sequence = afterSequence + 1 };
        var left = work.Takes - (clock.GetUtcNow() - work.Begun);
        work.Sleeps = Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, work.Stopped.Token);
        lock (works)
        {
            Most = Math.Max(Most, works.Values.Count(w => w.Sleeps is { IsCompleted: false }));
        }

        await work.Sleeps.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        var outcome = work.Ended ??= work.Stopped.IsCancellationRequested ? RunOutcome.Cancelled : work.Outcome;
        yield return new RunEnded(outcome, outcome == RunOutcome.Succeeded ? $"{spec.RunId:N}{spec.RunId:N}" : null,
            null, outcome == RunOutcome.Succeeded ? null
                : new Problem(Text.Verbatim("It failed."), Text.Verbatim("The test wanted it so."),
                    Text.Verbatim("Nothing.")))
        {
            At = clock.GetUtcNow(),
            Sequence = afterSequence + 2,
        };
    }

    public async Task StopAsync(Guid runId, CancellationToken ct)
    {
        if (works.TryGetValue(runId, out var work))
        {
            await work.Stopped.CancelAsync();
        }
    }

    public Task<TAnswer> AskAsync<TAnswer>(Question<TAnswer> question, CancellationToken ct) => question switch
    {
        ListTriggers => Task.FromResult((TAnswer)(object)Array.Empty<TriggerKind>()),
        DescribeMachine => Task.FromResult((TAnswer)(object)new MachineFacts("made-up", "", "/home/made-up", "0.19.1",
            null, null)
        { Zone = Zone }),
        _ => throw new ProblemException(ProblemKind.Unavailable, Text.Verbatim("Nothing is known."),
            Text.Verbatim("This machine is made up."), Text.Verbatim("Ask another.")),
    };

    public IAsyncEnumerable<TPart> ReadAsync<TPart>(StreamQuestion<TPart> question, CancellationToken ct) =>
        AsyncEnumerable.Empty<TPart>();

    public Task<Stream> OpenAsync(FileRequest request, CancellationToken ct) => throw new NotSupportedException();

    public Task<Stream?> OpenLogAsync(Guid runId, CancellationToken ct) => Task.FromResult<Stream?>(null);
}
