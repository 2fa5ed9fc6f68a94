using System.Threading.Channels;
using TimeLocker.Core;

namespace TimeLocker.Server.Repositories;

/// <summary>
/// Which lists of snapshots have to be read again, and who waits until one was read. Who reads them stands above this
/// room.
/// </summary>
public sealed class SnapshotLists(RepositoryCatalog repositories, TimeProvider clock)
{
    private static readonly TimeSpan FirstSnapshotList = TimeSpan.FromMinutes(1);
    private readonly Channel<Guid> stale = Channel.CreateUnbounded<Guid>();
    private TaskCompletionSource listed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Repositories whose list of snapshots has to be read again.</summary>
    public ChannelReader<Guid> Stale => stale.Reader;

    /// <summary>There is one more of them.</summary>
    public event Action? WentStale;

    public void MarkStale(Guid repository)
    {
        stale.Writer.TryWrite(repository);
        WentStale?.Invoke();
    }

    /// <summary>Somebody has read a repository's list of snapshots, or tried to.</summary>
    internal void TellListed() =>
        Interlocked.Exchange(ref listed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    /// <summary>
    /// A repository that was adopted a moment ago is no empty one: who asks for its snapshots waits until they were
    /// read once.
    /// </summary>
    /// <exception cref="ProblemException">they could not be read, or not yet.</exception>
    public async Task UntilListedAsync(Guid id, CancellationToken ct)
    {
        for (var until = clock.GetUtcNow() + FirstSnapshotList; ;)
        {
            var next = Volatile.Read(ref listed).Task; // before it is looked: nothing is missed in between
            var repository = await repositories.GetAsync(id, ct);
            if (repository.RefreshedAt is not null)
            {
                return;
            }

            if (repository.Trouble is { } trouble)
            {
                throw new ProblemException(ProblemKind.Unavailable, trouble);
            }

            try
            {
                await next.WaitAsync(until - clock.GetUtcNow() is var left && left > TimeSpan.Zero ? left
                    : TimeSpan.Zero, clock, ct);
            }
            catch (TimeoutException)
            {
                throw new ProblemException(ProblemKind.Unavailable, Problems.SnapshotsNotKnownYet(repository.Name));
            }
        }
    }
}
