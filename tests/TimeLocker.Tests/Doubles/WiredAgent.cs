using System.Runtime.CompilerServices;
using System.Text.Json;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;

namespace TimeLocker.Tests.Doubles;

/// <summary>A machine at the other end of a wire: whatever goes there and comes back was text on the way.</summary>
public sealed class WiredAgent(IAgent agent) : IAgent
{
    public async IAsyncEnumerable<RunEvent> RunAsync(RunSpec spec, long afterSequence,
        [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var happened in agent.RunAsync(Passed(spec), afterSequence, ct))
        {
            yield return Passed(happened);
        }
    }

    public Task<bool> KnowsAsync(Guid runId, CancellationToken ct) => agent.KnowsAsync(runId, ct);

    public Task StopAsync(Guid runId, CancellationToken ct) => agent.StopAsync(runId, ct);

    public async Task<TAnswer> AskAsync<TAnswer>(Question<TAnswer> question, CancellationToken ct) =>
        Passed(await agent.AskAsync((Question<TAnswer>)Passed<Question>(question), ct));

    public async IAsyncEnumerable<TPart> ReadAsync<TPart>(StreamQuestion<TPart> question,
        [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var part in agent.ReadAsync((StreamQuestion<TPart>)Passed<Question>(question), ct))
        {
            yield return Passed(part);
        }
    }

    public Task<Stream> OpenAsync(FileRequest request, CancellationToken ct) => agent.OpenAsync(Passed(request), ct);

    public Task<Stream?> OpenLogAsync(Guid runId, CancellationToken ct) => agent.OpenLogAsync(runId, ct);

    private static T Passed<T>(T said) =>
        JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(said, AgentWire.Options), AgentWire.Options)!;
}
