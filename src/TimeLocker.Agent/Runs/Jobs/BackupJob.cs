using System.Text;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Hooks;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Probes;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Runs.Jobs;

internal sealed class BackupJob(BackupSpec spec) : Job(spec)
{
    private bool Dry => spec.Mode == BackupMode.DryRun;

    public override bool Writes => !Dry;

    public override string Word(string line) => spec.Options.Command is { } command ? CommandOutput.Word(line, command) : line;

    public override Task<RunFacts> PrepareAsync(Preparation desk, CancellationToken ct)
    {
        if (desk.Run.SourceProgram is { } program)
        {
            return Task.FromResult(desk.Facts(spec.Target,
                ResticArguments.BackupOf(spec, spec.Options.Command!.Path, program, HookEnvironment.OfSource(spec),
                    desk.Folder.ProgramErr)));
        }

        var present = desk.Run.Present;
        var excludes = spec.Options.Excludes;
        if (spec.Target.Folder is { } own)
        {
            if (OwnFiles.Inside(own, present) is { } inside)
            {
                throw ProblemException.Invalid(Problems.CannotBackedUpLies(inside.AsName()));
            }

            if (OwnFiles.Below(own, present) is { Count: > 0 } ways)
            {
                excludes = [.. excludes, .. ways];
                desk.Say("sources", Texts.RepositoryLeftOut);
            }
        }

        if (desk.Run.Own.LeftOut(present) is { Count: > 0 } ours)
        {
            excludes = [.. excludes, .. ours];
            desk.Say("sources", Texts.OwnFilesLeftOut);
        }

        desk.Folder.Write(ResticArguments.FilesFile,
            Encoding.UTF8.GetBytes(string.Concat(present.Select(source => source + '\0'))));
        desk.Folder.Write(ResticArguments.ExcludeFile, ResticPatterns.Excludes(excludes));
        var arguments = ResticArguments.Backup(spec with { Options = spec.Options with { Excludes = excludes } }, desk.Folder.Path);
        return Task.FromResult(desk.Facts(spec.Target, arguments) with { Missing = desk.Run.Missing, Sources = desk.Run.Sources });
    }

    public override RunEnded Judge(ResticResult heard)
    {
        var (outcome, problem) = (heard.Outcome, heard.Problem);
        if (spec.Options.Command is { } command && outcome != RunOutcome.Cancelled
            && CommandOutput.Fault(command, heard) is { } fault)
        {
            // An empty snapshot is there all the same: it has to be known, to be told from the good ones.
            var result = heard.Summary is { } made ? Result(made, heard.Facts) : null;
            return new RunEnded(RunOutcome.Failed, Dry ? null : heard.Summary?.SnapshotId, result, fault) { At = heard.At };
        }

        if (outcome is not (RunOutcome.Succeeded or RunOutcome.Incomplete))
        {
            return heard.Ended();
        }

        if (heard.Summary is not { } summary || summary.DryRun != Dry || (!Dry && summary.SnapshotId is not { Length: 64 }))
        {
            return heard.Failed(Problems.ResticEndedWithoutResultLook);
        }

        if (heard.Facts.Missing is { Count: > 0 } missing && outcome == RunOutcome.Succeeded)
        {
            (outcome, problem) = (RunOutcome.Incomplete,
                new Problem(Texts.NotEverythingBackedUp,
                    Words(missing),
                    Texts.CorrectFoldersInPlan));
        }

        // A dry run prints the id of a snapshot that was never made.
        return new RunEnded(outcome, Dry ? null : summary.SnapshotId, Result(summary, heard.Facts), problem) { At = heard.At };
    }

    public override async Task<RunEnded> ConfirmAsync(RunEnded ended, RunFacts facts, ResticProcess restic)
    {
        if (ended.SnapshotId is not { } id)
        {
            return ended;
        }

        var problem = spec.Target.Folder is { } repository
            ? FolderRepository.Disprove(repository, facts.Config, facts.Mount, id)
            : await HttpObjects.HasSnapshotAsync(spec.Target, id) ? null
            : await new ResticQueries(restic).DisproveAsync(spec.Target, id);
        return problem is not null
            ? ended with { Outcome = RunOutcome.Failed, SnapshotId = null, Problem = problem }
            : await Shrinkage.JudgeAsync(spec, ended, restic);
    }

    private Text Words(IReadOnlyList<RunIssue> missing) => missing.All(issue => issue.Message.Is(SourcePlace.NotThere))
        ? Texts.SourcesDoesNotExist(missing.Count, spec.Sources.Count)
        : Text.Of(missing.Select(issue => Texts.CouldNotSaved(issue.Path.AsName(), issue.Message)));

    /// <summary>
    /// The machine went down, the wrapper was killed, or a full disk took what restic said: the repository itself knows
    /// whether the backup was done.
    /// </summary>
    public override async Task<RunEnded?> RecoverAsync(ResticResult heard, ResticProcess restic, RunLog log)
    {
        if (Dry || await FindSnapshotAsync(restic, log) is not { } snapshot)
        {
            return null;
        }

        var result = new RunResult
        {
            FilesTotal = snapshot.Files ?? 0,
            BytesTotal = snapshot.Bytes ?? 0,
            BytesAdded = snapshot.BytesAdded ?? 0,
            SnapshotAt = snapshot.Time,
            Sources = heard.Facts.Sources,
        };
        return await Shrinkage.JudgeAsync(spec,
            heard.Errors.Issues + heard.Facts.Missing.Count > 0 || heard.Exit == ResticExit.Partly
            ? new RunEnded(RunOutcome.Incomplete, snapshot.Id, result,
                ResticExit.Judge(ResticExit.Partly, "").Problem)
            { At = heard.At }
            : new RunEnded(RunOutcome.Succeeded, snapshot.Id, result, null) { At = heard.At }, restic);
    }

    private async Task<Snapshot?> FindSnapshotAsync(ResticProcess restic, RunLog log)
    {
        try
        {
            return await new ResticQueries(restic).FindTaggedAsync(spec.Target, spec.Tag, CancellationToken.None);
        }
        catch (ProblemException e)
        {
            log.Add(Texts.SnapshotNotAsked(e.Problem.Why));
            return null;
        }
    }

    private RunResult Result(ResticMessage s, RunFacts facts) => new()
    {
        FilesNew = s.Number("files_new"),
        FilesChanged = s.Number("files_changed"),
        FilesUnmodified = s.Number("files_unmodified"),
        DirsNew = s.Number("dirs_new"),
        DirsChanged = s.Number("dirs_changed"),
        DirsUnmodified = s.Number("dirs_unmodified"),
        FilesTotal = s.Number("total_files_processed"),
        BytesTotal = s.Number("total_bytes_processed"),
        BytesAdded = s.Number("data_added"),
        BytesStored = s.Number("data_added_packed"),
        SnapshotAt = s.BackupStart,
        DryRun = Dry,
        Sources = facts.Sources,
    };
}
