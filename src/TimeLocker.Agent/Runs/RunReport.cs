using System.Diagnostics.CodeAnalysis;
using TimeLocker.Agent.Journal;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Runs;

/// <summary>
/// What is told of a run: its events to whoever listens, its log, and at the end the record that stays in its folder.
/// </summary>
internal sealed class RunReport(RunFolder folder, TimeProvider time) : IDisposable
{
    private RunLog? log;

    public RunBroadcast Broadcast { get; } = new();

    /// <summary>Begun with its first line.</summary>
    public RunLog Log => log ??= RunLog.Begin(folder.Path, time);

    public void Publish(RunEvent happened) => Broadcast.Publish(happened);

    /// <summary>What is about to be done, for the log.</summary>
    public void Announce(RunFacts facts)
    {
        Log.Add(facts.Command);
        foreach (var said in facts.Checks.Select(check => check.Text).Concat(facts.Notes))
        {
            Log.Add(said);
        }
    }

    public void Started(RunFacts facts)
    {
        Publish(new RunChecked(facts.Checks) { At = facts.StartedAt });
        Publish(new RunStarted(facts.Command, facts.ResticVersion) { At = facts.StartedAt });
        foreach (var missing in facts.Missing)
        {
            Publish(new RunIssueFound(missing) { At = facts.StartedAt });
        }
    }

    /// <summary>Writes the end down; whoever listens hears of it with <see cref="Publish"/>.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The end is told even where it cannot be written.")]
    public void Write(RunFacts? facts, RunEnded ended)
    {
        var outcome = Texts.RunEnd(ended.Result is { DryRun: true }, ended.Outcome.ToString());
        Log.Add(ended.Problem is { } problem ? Text.Of(outcome, problem.What, problem.Why, problem.Next) : outcome);
        try
        {
            folder.Record = new RunRecord(facts, Broadcast.Issues, ended) { Checks = facts is null ? Broadcast.Checks : [] };
            folder.Tidy();
        }
        catch (Exception e)
        {
            // A full disk, a folder that takes nothing: the exit file stays, and whoever joins the run later judges it anew.
            Log.Add(e.Message);
        }
    }

    /// <summary>A run that is over is told once more.</summary>
    public void Replay()
    {
        if (folder.Record is not { } record)
        {
            Publish(new RunEnded(RunOutcome.Interrupted, null, null, OutcomeRules.Interrupted) { At = time.GetUtcNow() });
            return;
        }

        if (record.Facts is { } facts)
        {
            Started(facts with { Missing = [] }); // they are among the issues
        }
        else
        {
            Publish(new RunChecked(record.Checks) { At = record.Ended.At });
        }

        foreach (var issue in record.Issues)
        {
            Publish(new RunIssueFound(issue) { At = record.Ended.At });
        }

        Publish(record.Ended);
    }

    public void Dispose()
    {
        log?.Dispose();
        Broadcast.Close();
    }
}
