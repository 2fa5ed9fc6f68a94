namespace TimeLocker.Server.Repositories;

/// <summary>Waits until no run uses a repository, and keeps runs away from it until the answer is disposed.</summary>
/// <param name="title">What waiting runs say they wait for.</param>
/// <exception cref="Core.ProblemException">of kind Conflict: it was not free within <paramref name="patience"/>.</exception>
public delegate Task<IDisposable> ExclusiveTurn(Guid repository, string title, TimeSpan patience, CancellationToken ct);
