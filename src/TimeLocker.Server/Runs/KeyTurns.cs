using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs;

/// <summary>Lets what is no run, a change of keys, take a repository's turn as one.</summary>
internal static class KeyTurns
{
    public static ExclusiveTurn Of(RunQueue queue) => async (repository, title, patience, ct) =>
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        var why = "";
        try
        {
            return await queue.Stand(StandIn(repository, title), [new Use(repository, Turn.Exclusive)], going: false, reason => why = reason).EnterAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ProblemException(ProblemKind.Conflict, "The repository is in use.", why, "Try again when that run has ended.");
        }
    };

    private static Run StandIn(Guid repository, string title) => new()
    {
        Id = Guid.NewGuid(),
        Kind = RunKind.Unlock,
        Cause = RunCause.Person,
        RepositoryId = repository,
        MachineId = Guid.Empty,
        Title = title,
        RequestedBy = Actor.System.Id,
        Request = new UnlockRequest(),
        QueuedAt = default,
    };
}
