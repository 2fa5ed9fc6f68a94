using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TimeLocker.Agent;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Triggers;
using TimeLocker.Tests.Servers;

namespace TimeLocker.Tests.Server;

/// <summary>A real agent, and a list of what it was asked. A new repository in a folder gets a cheap key.</summary>
public sealed class CountingAgent(LocalAgent agent) : IAgent, IAsyncDisposable
{
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>How a run ends instead of being carried out; null: it is carried out.</summary>
    public Func<RunSpec, RunEnded?> Ends { get; set; } = _ => null;

    public IAsyncEnumerable<RunEvent> RunAsync(RunSpec spec, long afterSequence, CancellationToken ct) =>
        Ends(spec) is { } ended ? new[] { ended with { Sequence = afterSequence + 1 } }.ToAsyncEnumerable<RunEvent>()
            : agent.RunAsync(spec, afterSequence, ct);

    /// <summary>Events that only a test can bring about.</summary>
    public List<IEventTrigger> Extra { get; } = [];

    public Task<bool> KnowsAsync(Guid runId, CancellationToken ct) => agent.KnowsAsync(runId, ct);

    public Task StopAsync(Guid runId, CancellationToken ct) => agent.StopAsync(runId, ct);

    /// <summary>What happens while a question is on its way; once.</summary>
    public Func<object, Task>? Meanwhile { get; set; }

    /// <summary>Which question that is.</summary>
    public Predicate<object> MeanwhileOf { get; set; } = question => question is ListSnapshots or ListKeys;

    public async Task<TAnswer> AskAsync<TAnswer>(Question<TAnswer> question, CancellationToken ct)
    {
        Asked.Enqueue(question.GetType().Name);
        await HappenAsync(question);
        if (question is CreateRepository { From: null, Target: { Folder: { } folder } target } && !Path.Exists(folder))
        {
            FreshRepository.Put(folder, target.Password.Reveal());
            question = (Question<TAnswer>)(object)new TestRepository(target);
        }

        var answer = await agent.AskAsync(question, ct);
        return answer is IReadOnlyList<TriggerKind> kinds
            ? (TAnswer)(object)kinds.Concat(Extra.Select(TriggerKind.Of)).ToList() : answer;
    }

    public async IAsyncEnumerable<TPart> ReadAsync<TPart>(StreamQuestion<TPart> question,
        [EnumeratorCancellation] CancellationToken ct)
    {
        Asked.Enqueue(question.GetType().Name);
        await HappenAsync(question);
        var extra = question is WatchTrigger watch
            ? Extra.FirstOrDefault(t => t.Kind == watch.Kind)?.WatchAsync(new(watch.Values), ct) : null;
        await foreach (var part in extra as IAsyncEnumerable<TPart> ?? agent.ReadAsync(question, ct))
        {
            yield return part;
        }
    }

    public async Task<Stream> OpenAsync(FileRequest request, CancellationToken ct)
    {
        await HappenAsync(request);
        return await agent.OpenAsync(request, ct);
    }

    private async Task HappenAsync(object question)
    {
        if (Meanwhile is { } happens && MeanwhileOf(question))
        {
            Meanwhile = null;
            await happens(question);
        }
    }

    public Task<Stream?> OpenLogAsync(Guid runId, CancellationToken ct) => agent.OpenLogAsync(runId, ct);

    public ValueTask DisposeAsync() => agent.DisposeAsync();
}
