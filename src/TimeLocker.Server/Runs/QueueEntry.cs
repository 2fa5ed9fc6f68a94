using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>What waits for its turn: a run, or a change of keys that must be alone with its repository.</summary>
/// <param name="Title">For everybody, so without names of files.</param>
/// <param name="Uses">Empty: it waits for no repository.</param>
public sealed record QueueRequest(Guid Id, Text Title, Guid Machine, IReadOnlyList<RepositoryUse> Uses)
{
    /// <summary>The title for those who may see names of files; null: the same.</summary>
    public Text? NamedTitle { get; init; }

    /// <summary>It waits for no machine that is busy.</summary>
    public bool IsUrgent { get; init; }

    /// <summary>It is at work already, since before a restart: it waits for nobody.</summary>
    public bool IsUnderWay { get; init; }

    public static QueueRequest Of(Run run) => new(run.Id, run.For(null).Title, run.MachineId, run.Request.Uses(run.RepositoryId))
    {
        NamedTitle = run.Title,
        IsUrgent = run.Request.IsUrgent(),
    };
}

/// <summary>In the queue, later at work. Dispose it to give the place or the turn back.</summary>
public sealed class QueueEntry(QueueOrder order, QueueRequest request, Action<Text> waits) : IDisposable
{
    private readonly TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal QueueRequest Request => request;
    internal Text? Reason { get; private set; }

    /// <summary>Waits for the turn, which is over when the answer is disposed. Who gives up waiting has lost the place.</summary>
    public async Task<IDisposable> TurnAsync(CancellationToken ct)
    {
        try
        {
            await turn.Task.WaitAsync(ct);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose() => order.Leave(this);

    internal void Begin() => turn.SetResult();

    // Within the order's lock: what is told last is what holds.
    internal void Wait(Text reason)
    {
        if (!reason.Equals(Reason))
        {
            Reason = reason;
            waits(reason);
        }
    }
}
