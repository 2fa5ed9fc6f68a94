using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed class RestoreJob(RestoreSpec spec) : Job(spec)
{
    public override bool Writes => false;

    public override bool GoesWithoutLock => true;

    public override bool Unhurried => true;

    public override async Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        var selection = RestoreSelection.Of(spec.Paths);
        var survey = await desk.SurveyAsync(spec, selection, ct);
        var everything = selection.Names.Count == 0;
        desk.Folder.Write(ResticArguments.IncludeFile, ResticPatterns.Exactly(selection.Names, everything ? [] : survey.LeftOut));
        desk.Folder.Write(ResticArguments.ExcludeFile, ResticPatterns.Exactly(everything ? survey.LeftOut : []));

        // The real path: restic takes a link where it is told to restore to for something in its way.
        var target = TargetCheck.Of(spec);
        var real = OwnFiles.RealPath(target);
        var arguments = ResticArguments.Restore(spec, selection, real, desk.Folder.Path,
            excludes: everything && survey.LeftOut.Count > 0);
        return desk.Facts(spec.Target, arguments) with
        {
            Target = target,
            TargetIdentity = Native.IdentityOf(real),
            Missing = survey.Issues,
            Clashes = survey.Clashes,
        };
    }

    public override RunEnded Judge(ResticResult heard)
    {
        if (heard.Summary is not { } summary)
        {
            return heard.Outcome == RunOutcome.Succeeded
                ? heard.Failed(Problems.ResticEndedWithoutResultLookLog)
                : heard.Ended(heard.Outcome == RunOutcome.Cancelled
                    ? new RunResult { Folder = heard.Facts.Target, DryRun = spec.DryRun } : null);
        }

        var result = new RunResult
        {
            FilesTotal = summary.Number("total_files"),
            BytesTotal = summary.Number("total_bytes"),
            FilesRestored = summary.Number("files_restored"),
            BytesRestored = summary.Number("bytes_restored"),
            FilesSkipped = summary.Number("files_skipped"),
            FilesNew = heard.Preview.New,
            FilesChanged = heard.Preview.Replaced,
            FilesUnmodified = heard.Preview.Unchanged,
            Verified = spec.Verify && !spec.DryRun && heard.Exit == ResticExit.Ok,
            DryRun = spec.DryRun,
            Folder = heard.Facts.Target,
            Clashes = heard.Facts.Clashes,
        };
        if (heard.Facts.Restarts > 0 && spec.Folder is not null)
        {
            // What was "left as it was" in our own new folder came from the attempts before.
            result = result with
            {
                FilesRestored = result.FilesRestored + result.FilesSkipped,
                BytesRestored = result.BytesRestored + summary.Number("bytes_skipped"),
                FilesSkipped = 0,
            };
        }

        var missing = heard.Facts.Missing.Count;
        if (heard.Exit == ResticExit.Ok && result.FilesTotal + result.FilesSkipped == 0)
        {
            return missing > 0 ? heard.Failed(Texts.NothingRestored, Why(heard.Facts), Next(heard.Facts), result)
                : heard.Failed(Problems.NothingRestoredInSnapshot, result);
        }

        var (outcome, problem) = (heard.Outcome, heard.Problem);

        // restic's counters count what failed too; that something came through shows where fewer failed than were restored.
        if (outcome == RunOutcome.Failed && heard.Exit == ResticExit.Failed && heard.Errors.Issues > 0 && result.FilesRestored > 0)
        {
            (outcome, problem) = (RunOutcome.Incomplete, Problems.NotEverythingRestoredFiles(heard.Errors.Issues));
        }

        if (outcome == RunOutcome.Succeeded && missing > 0)
        {
            (outcome, problem) = (RunOutcome.Incomplete,
                new Problem(
                    spec.DryRun ? Texts.NotEverythingWouldRestored : Texts.NotEverythingRestoredFiles,
                    Why(heard.Facts),
                    Next(heard.Facts)));
        }

        return new RunEnded(outcome, null, result, problem) { At = heard.At };
    }

    /// <summary>
    /// Whether restic wrote where it was told to: whoever may change a folder above could have put another in its
    /// place.
    /// </summary>
    public override Task<RunEnded> ConfirmAsync(RunEnded ended, RunFacts facts, ResticProcess restic)
    {
        if (spec.DryRun || ended.Result is not { } result || facts is not { Target: { } target, TargetIdentity: var before })
        {
            return Task.FromResult(ended);
        }

        if ((before is not null && Native.IdentityOf(target) != before)
            || (spec.Folder is not null && TrustedPath.OfParent(target).Why is not null))
        {
            return Task.FromResult(ended with { Outcome = RunOutcome.Failed, Problem = RestoreFolder.Exchanged(target) });
        }

        return Task.FromResult(spec.Folder is null
            ? ended
            : ended with { Result = result with { Notable = RestoreFolder.Notable(target, CancellationToken.None) } });
    }

    private static Text Why(RunFacts facts)
    {
        var left = facts.Clashes.Count(clash => !clash.Replaced);
        var absent = facts.Missing.Count(issue => issue.Message.Is(RestoreSurvey.Absent));
        List<Text> why = [];
        if (left > 0)
        {
            why.Add(left == 1 ? Texts.OnePlaceHoldsSomething
                : Texts.PlacesHoldSomethingAnother(left));
        }

        if (absent > 0)
        {
            why.Add(absent == 1 ? Texts.OneChosenPathsNot : Texts.ChosenPathsNotIn(absent));
        }

        return Text.Of(why);
    }

    private static Text Next(RunFacts facts) =>
        facts.Clashes.Any(clash => clash is { Replaced: false, MayReplace: true })
            ? Texts.LookListIssuesWhat
        : facts.Clashes.Any(clash => !clash.Replaced) ? Texts.LookListIssuesRestore
        : Texts.LookListIssuesThen;
}
