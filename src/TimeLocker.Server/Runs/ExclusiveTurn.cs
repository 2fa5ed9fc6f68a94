using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs;

/// <summary>Lets what is no run, a change of keys, take a repository's turn as one.</summary>
internal sealed class ExclusiveTurn(RunQueue queue) : IExclusiveUse
{
    public async Task<IDisposable> EnterAsync(Guid repository, Text title, TimeSpan patience, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        Text? why = null;
        var alone = new QueueRequest(Guid.NewGuid(), title, Guid.Empty, [new(repository, LockMode.Exclusive)]) { IsUrgent = true };
        try
        {
            return await queue.Enter(alone, reason => why = reason).TurnAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ProblemException(ProblemKind.Conflict, Texts.RepositoryInUse, why!, Texts.TryAgainWhenRun);
        }
    }
}
