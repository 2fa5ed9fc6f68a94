using System.Text.Json;
using TimeLocker.Agent.Checks;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Restic;

/// <summary>The questions that restic answers about a repository. All but init read only and take no lock.</summary>
internal sealed partial class ResticQueries(ResticProcess restic)
{
    public async Task<RepositoryFacts> TestAsync(ResticTarget target, CancellationToken ct)
    {
        if (MountCheck.Missing(target) is { } unmounted)
        {
            return new RepositoryFacts(RepositoryState.Refused, null, null, null, null, unmounted);
        }

        if (target.Folder is { } folder && !File.Exists(Path.Combine(folder, "config")))
        {
            return Unused(folder);
        }

        try
        {
            var id = await RepositoryIdAsync(restic, target, ct);
            return await SeenAsync(Describe(target, id), target, ct);
        }
        catch (ProblemException e)
        {
            var (missing, noBucket) = (e.Kind == ProblemKind.NotFound, e.Kind == ProblemKind.NotFound && await BucketProbe.MissingAsync(target, ct));
            return new RepositoryFacts(missing && !noBucket ? RepositoryState.Missing : RepositoryState.Refused, null, null, null, null, noBucket ? NetworkProblems.BucketMissing : e.Problem);
        }
    }

    public async Task<RepositoryFacts> CreateAsync(ResticTarget target, ResticTarget? from, CancellationToken ct)
    {
        MountCheck.Require(target);
        if (target.Folder is { } place && File.Exists(Path.Combine(place, "config")))
        {
            throw new ProblemException(ProblemKind.Conflict, "A repository is already there.",
                $"{place.AsName()} holds one, and a new one is never made over it.",
                "Add it as an existing repository, or choose another folder.");
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
        var made = await restic.ReachAsync(joined, from is null ? ResticArguments.Init(target) : ResticArguments.InitCopy(joined), ResticProcess.LongLimit, ct, from?.Password);
        if (made.ExitCode != ResticExit.Ok || made.TimedOut)
        {
            throw ResticExit.Exception(made, new Redactor([target, .. from is null ? [] : (ResticTarget[])[from]]));
        }

        return await SeenAsync(Describe(target, IdIn(made.Output)), target, ct);
    }

    /// <summary>The snapshot that a run made, or null.</summary>
    public async Task<Snapshot?> FindTaggedAsync(ResticTarget target, string tag, CancellationToken ct) =>
        await SnapshotsAsync(target, ResticArguments.SnapshotsTagged(target, tag), ct).FirstOrDefaultAsync(s => s.Tags.Contains(tag), ct);

    /// <summary>For places that cannot be looked at directly: whether the snapshot is really there. Null: it is.</summary>
    public async Task<Problem?> DisproveAsync(ResticTarget target, string snapshotId)
    {
        try
        {
            return await SnapshotsAsync(target, ResticArguments.SnapshotById(target, snapshotId), CancellationToken.None).AnyAsync(s => s.Id == snapshotId)
                ? null
                : new Problem("The backup is not in the repository.", "restic reported a snapshot that the repository does not list.", "Check the place that holds the repository, then run the backup again.");
        }
        catch (ProblemException e)
        {
            return e.Problem;
        }
    }

    public static async Task<string> RepositoryIdAsync(ResticProcess restic, ResticTarget target, CancellationToken ct)
    {
        ChildResult said;
        var tries = 0;
        do
        {
            said = await restic.ReachAsync(target, ResticArguments.CatConfig(target), ResticProcess.QuickLimit, ct);
        }
        while (LostTheReason(said) && ++tries < 4);

        return said is { ExitCode: ResticExit.Ok, TimedOut: false } ? IdIn(said.Output) : throw ResticExit.Exception(said, new Redactor(target));
    }

    // restic may end before it has passed on what ssh said last; asked again, ssh says it again.
    private static bool LostTheReason(ChildResult said) =>
        said.ExitCode != ResticExit.Ok && said.Errors.Contains("unable to start the sftp session", StringComparison.Ordinal) && !said.Errors.Contains("subprocess ssh:", StringComparison.Ordinal);

    private static string IdIn(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.GetProperty("id").GetString() is { Length: 64 } id)
            {
                return id;
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Said below.
        }

        throw new ProblemException(ProblemKind.Upstream, "restic's answer was not understood.",
            "It does not hold the repository's id.",
            "Check that the program is really restic.");
    }

    private static RepositoryFacts Unused(string folder)
    {
        var free = FolderRepository.FreeBytes(folder);
        if (File.Exists(folder))
        {
            return Refused("This is a file, not a folder.", $"{folder.AsName()} is a file.", free);
        }

        if (Directory.Exists(folder) && !Native.MayReadFolder(folder))
        {
            return Refused("This folder cannot be read.", $"The user that runs TimeLocker may not look into {folder.AsName()}.", free);
        }

        return FolderRepository.HasEntries(folder)
            ? Refused("Something else is in this folder.", $"{folder.AsName()} is not empty.", free)
            : new RepositoryFacts(RepositoryState.Missing, null, null, null, free, new Problem("There is no repository here yet.", Directory.Exists(folder) ? "The folder is empty." : "The folder does not exist.", "One can be made here."));
    }

    private static RepositoryFacts Refused(string what, Sentence why, long? free) =>
        new(RepositoryState.Refused, null, null, null, free, new Problem(what, why, "Choose an empty or new folder, or the folder of an existing repository."));

    private static async Task<RepositoryFacts> SeenAsync(RepositoryFacts facts, ResticTarget target, CancellationToken ct) => facts with
    {
        AppendOnly = await AppendOnlyProbe.AskAsync(target, ct),
        ConfigHash = facts.ConfigHash ?? await HttpObjects.ConfigHashAsync(target, ct),
    };

    private static RepositoryFacts Describe(ResticTarget target, string id) => target.Folder is { } folder
        ? new RepositoryFacts(RepositoryState.Ready, id, FolderRepository.ConfigHash(folder), MachineFolders.Measure(new MeasureFolder(folder), TimeSpan.FromSeconds(1), CancellationToken.None) is { Complete: true } size ? size.Bytes : null, FolderRepository.FreeBytes(folder), null)
        : new RepositoryFacts(RepositoryState.Ready, id, null, null, null, null);
}
