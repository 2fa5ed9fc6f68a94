using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Probes;

/// <summary>
/// Whether a repository is, or could be, at a place: looked at directly where that is possible, else asked of restic.
/// </summary>
internal sealed class RepositoryProbe(ResticProcess restic)
{
    public async Task<RepositoryFacts> TestAsync(ResticTarget target, CancellationToken ct)
    {
        if (MountedShare.Missing(target) is { } unmounted)
        {
            return new RepositoryFacts(RepositoryState.Refused, null, null, null, null, unmounted);
        }

        if (target.Folder is { } folder && !File.Exists(Path.Combine(folder, "config")))
        {
            return Unused(folder);
        }

        try
        {
            var id = await ResticQueries.RepositoryIdAsync(restic, target, ct);
            return await SeenAsync(Describe(target, id), target, ct);
        }
        catch (ProblemException e)
        {
            var (missing, noBucket) = (e.Kind == ProblemKind.NotFound,
                e.Kind == ProblemKind.NotFound && await BucketProbe.MissingAsync(target, ct));
            return new RepositoryFacts(missing && !noBucket ? RepositoryState.Missing : RepositoryState.Refused, null,
                null, null, null, noBucket ? NetworkProblems.BucketMissing : e.Problem);
        }
    }

    public async Task<RepositoryFacts> CreateAsync(ResticTarget target, ResticTarget? from, CancellationToken ct)
    {
        MountedShare.Require(target);
        if (target.Folder is { } place && File.Exists(Path.Combine(place, "config")))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.RepositoryAlreadyHoldsOne(place.AsName()));
        }

        if (target.Folder is { } folder && Unused(folder) is { State: not RepositoryState.Missing, Problem: { } taken })
        {
            throw new ProblemException(ProblemKind.Conflict, taken);
        }

        if (await BucketProbe.MissingAsync(target, ct))
        {
            // restic would make the bucket on the way: a mistyped name would make a wrong one.
            throw new ProblemException(ProblemKind.Upstream, NetworkProblems.BucketMissing);
        }

        var joined = from is null ? target : target.JoinedWith(from);
        var made = await restic.ReachAsync(joined,
            from is null ? ResticArguments.Init(target) : ResticArguments.InitCopy(joined), ResticProcess.LongLimit, ct,
            from?.Password);
        if (made.ExitCode != ResticExit.Ok || made.TimedOut)
        {
            throw ResticExit.Exception(made, new Redactor([target, .. from is null ? [] : (ResticTarget[])[from]]));
        }

        return await SeenAsync(Describe(target, ResticQueries.IdIn(made.Output)), target, ct);
    }

    private static RepositoryFacts Unused(string folder)
    {
        var free = FolderRepository.FreeBytes(folder);
        if (File.Exists(folder))
        {
            return Refused(Texts.FileNotFolder, Texts.File(folder.AsName()), free);
        }

        if (Directory.Exists(folder) && !Native.MayReadFolder(folder))
        {
            return Refused(Texts.FolderCannotRead, Texts.UserRunsTimelockerMay(folder.AsName()), free);
        }

        return FolderRepository.HasEntries(folder)
            ? Refused(Texts.SomethingElseInFolder, Texts.NotEmpty(folder.AsName()), free)
            : new RepositoryFacts(RepositoryState.Missing, null, null, null, free,
                new Problem(Texts.NoRepositoryHereYet,
                    Directory.Exists(folder) ? Texts.FolderEmpty : Texts.FolderDoesNotExist, Texts.OneCanMadeHere));
    }

    private static RepositoryFacts Refused(Text what, Text why, long? free) =>
        new(RepositoryState.Refused, null, null, null, free, new Problem(what, why, Texts.ChooseEmptyOrNew));

    private static async Task<RepositoryFacts> SeenAsync(RepositoryFacts facts, ResticTarget target,
        CancellationToken ct) => facts with
        {
            AppendOnly = await AppendOnlyProbe.AskAsync(target, ct),
            ConfigHash = facts.ConfigHash ?? await HttpObjects.ConfigHashAsync(target, ct),
        };

    private static RepositoryFacts Describe(ResticTarget target, string id) => target.Folder is { } folder
        ? new RepositoryFacts(RepositoryState.Ready, id, FolderRepository.ConfigHash(folder),
            MachineFolders.Measure(new MeasureFolder(folder), TimeSpan.FromSeconds(1),
                CancellationToken.None) is { Complete: true } size ? size.Bytes : null,
                FolderRepository.FreeBytes(folder), null)
        : new RepositoryFacts(RepositoryState.Ready, id, null, null, null, null);
}
