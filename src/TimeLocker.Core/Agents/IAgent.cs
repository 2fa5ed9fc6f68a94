using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Core.Agents;

/// <summary>The seam of the product: a machine, here or far away. Run this, stop that, answer this question.</summary>
public interface IAgent
{
    /// <summary>
    /// Starts a run, or joins one that is under way or over. Ending <paramref name="ct"/> stops listening, not the
    /// work.
    /// </summary>
    /// <param name="afterSequence">Events up to this one are already known. Numbering goes on after it.</param>
    /// <returns>Events; the last is <see cref="RunEnded"/>. Never throws for what restic does.</returns>
    IAsyncEnumerable<RunEvent> RunAsync(RunSpec spec, long afterSequence, CancellationToken ct);

    /// <summary>Whether this machine has ever begun this run: what was begun is joined, what was not may be begun.</summary>
    Task<bool> KnowsAsync(Guid runId, CancellationToken ct);

    /// <summary>Stops the work: the run ends as cancelled. Returns at once; does nothing when it is already over.</summary>
    Task StopAsync(Guid runId, CancellationToken ct);

    /// <summary>Quick; read-only but for <see cref="CreateRepository"/>.</summary>
    /// <exception cref="ProblemException">what failed, why, next step.</exception>
    Task<TAnswer> AskAsync<TAnswer>(Question<TAnswer> question, CancellationToken ct);

    /// <summary>
    /// The same where the answer may be long. Who stops reading, or ends <paramref name="ct"/>, ends the work behind
    /// it.
    /// </summary>
    /// <exception cref="ProblemException">while reading: what came before it is not all.</exception>
    IAsyncEnumerable<TPart> ReadAsync<TPart>(StreamQuestion<TPart> question, CancellationToken ct);

    /// <summary>
    /// One file, or an archive of several, out of a snapshot. A failure shows as an exception while reading: the
    /// receiver must then be cut off.
    /// </summary>
    Task<Stream> OpenAsync(FileRequest request, CancellationToken ct);

    /// <summary>The run's log as it stands, or null when there is none.</summary>
    Task<Stream?> OpenLogAsync(Guid runId, CancellationToken ct);
}

public enum DownloadFormat { File, Zip, Tar }

public sealed record FileRequest(ResticTarget Target, string SnapshotId, IReadOnlyList<string> Paths, DownloadFormat Format);
