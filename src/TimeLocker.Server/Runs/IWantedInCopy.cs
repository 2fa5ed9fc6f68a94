using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Server.Runs;

/// <summary>
/// Which snapshots of a repository belong in a copy of it and are not there. The room Retention, which stands above
/// this one, knows.
/// </summary>
public interface IWantedInCopy
{
    /// <param name="listed">What the original holds, as restic lists it.</param>
    /// <param name="there">What the copy holds.</param>
    /// <returns>Full ids.</returns>
    Task<IReadOnlyList<string>> OfAsync(Repository copy, IReadOnlyList<Snapshot> listed, IReadOnlyList<Snapshot> there,
        CancellationToken ct);
}
