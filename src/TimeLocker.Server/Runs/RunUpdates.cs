using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Runs;

/// <summary>Takes down what a machine tells of a run: applied, written where a milestone is passed, then shown.</summary>
public sealed class RunUpdates(RunRecorder recorder, RunFeed feed, Retries retries, SnapshotLists lists,
    TimeProvider clock, ILogger<RunUpdates> log)
{
    private static readonly TimeSpan UntilNextTry = TimeSpan.FromSeconds(5);

    /// <summary>After so many an end is written without being counted.</summary>
    private const int MostFaults = 3;

    /// <summary>
    /// Nobody sees an end before it is written down: who is told of it may ask at once for all that comes with it, such
    /// as the snapshot.
    /// </summary>
    /// <param name="drive">Called with the next try that was written with this end.</param>
    public async Task TakeAsync(Run run, RunEvent happened, Action<Run> drive, CancellationToken closing)
    {
        run = happened is RunEnded ? run.Copy() : run;
        if (run.Apply(happened))
        {
            await (run.HasEnded ? EndAsync(run, drive, closing) : StartAsync(run, closing));
        }

        feed.Publish(run);
    }

    // What was not written comes with the end.
    [SuppressMessage("Design", "CA1031", Justification = "A start that cannot be written stops no run.")]
    private async Task StartAsync(Run run, CancellationToken closing)
    {
        try
        {
            await recorder.StartedAsync(run);
        }
        catch (Exception fault) when (!closing.IsCancellationRequested)
        {
            Note(run, fault);
        }
    }

    // A full disk takes no end from a run: it is written as soon as there is room. Another fault may be over at the
    // next try, too. One that stays keeps the end from being counted, but not from being written: its plan would never
    // begin again.
    private async Task EndAsync(Run run, Action<Run> drive, CancellationToken closing)
    {
        for (var faults = 0; ;)
        {
            try
            {
                var again = await retries.OfAsync(run);
                if (await recorder.EndedAsync(run, again, counted: faults < MostFaults) is { } next)
                {
                    drive(next);
                }

                if (run.StartedAt is not null && run.Request.ChangesSnapshots())
                {
                    lists.MarkStale(run.RepositoryId);
                }

                return;
            }
            catch (Exception fault) when (!closing.IsCancellationRequested && (faults < MostFaults || WriteFailure.Passes(fault)))
            {
                Note(run, fault);
                faults += WriteFailure.Passes(fault) ? 0 : 1;
                await Task.Delay(UntilNextTry, clock, closing);
            }
        }
    }

    private void Note(Run run, Exception fault) => log.LogError(fault, "run {Run} could not be written to the database", run.Id);
}
