using TimeLocker.Core;

namespace TimeLocker.Server.Repositories;

/// <summary>Keeps runs away from a repository. The queue of runs, which stands above this room, knows how.</summary>
public interface IExclusiveUse
{
    /// <summary>Waits until no run uses a repository, and keeps runs away from it until the answer is disposed.</summary>
    /// <param name="title">What waiting runs say they wait for.</param>
    /// <exception cref="Core.ProblemException">of kind Conflict: it was not free within <paramref name="patience"/>.</exception>
    Task<IDisposable> EnterAsync(Guid repository, Text title, TimeSpan patience, CancellationToken ct);
}
