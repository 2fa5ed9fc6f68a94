using System.Text.Json;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Probes;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Restic;

/// <summary>The questions that restic answers about a repository. They read only and take no lock.</summary>
internal sealed partial class ResticQueries(ResticProcess restic)
{
    /// <summary>The snapshot that a run made, or null.</summary>
    public async Task<Snapshot?> FindTaggedAsync(ResticTarget target, string tag, CancellationToken ct) =>
        await SnapshotsAsync(target, ResticArguments.SnapshotsTagged(target, tag), ct)
            .FirstOrDefaultAsync(s => s.Tags.Contains(tag), ct);

    /// <summary>For places that cannot be looked at directly: whether the snapshot is really there. Null: it is.</summary>
    public async Task<Problem?> DisproveAsync(ResticTarget target, string snapshotId)
    {
        try
        {
            return await SnapshotsAsync(target, ResticArguments.SnapshotById(target, snapshotId),
                CancellationToken.None).AnyAsync(s => s.Id == snapshotId)
                ? null
                : Problems.BackupNotInRepository;
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

        return said is { ExitCode: ResticExit.Ok, TimedOut: false } ? IdIn(said.Output)
            : throw ResticExit.Exception(said, new Redactor(target));
    }

    // restic may end before it has passed on what ssh said last; asked again, ssh says it again.
    private static bool LostTheReason(ChildResult said) =>
        said.ExitCode != ResticExit.Ok
            && said.Errors.Contains("unable to start the sftp session", StringComparison.Ordinal)
            && !said.Errors.Contains("subprocess ssh:", StringComparison.Ordinal);

    internal static string IdIn(byte[] json)
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

        throw new ProblemException(ProblemKind.Upstream, Problems.ResticsAnswerNotUnderstood);
    }
}
