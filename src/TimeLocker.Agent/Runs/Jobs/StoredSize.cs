using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Runs.Jobs;

internal static class StoredSize
{
    /// <summary>
    /// Bytes that the repository takes: as its folder says, where there is one that can be measured quickly, else what
    /// restic said.
    /// </summary>
    public static long Of(ResticTarget target, long said) =>
        target.Folder is { } folder
            && MachineFolders.Measure(new MeasureFolder(folder), TimeSpan.FromSeconds(2),
                CancellationToken.None) is { Complete: true } size ? size.Bytes : said;
}
