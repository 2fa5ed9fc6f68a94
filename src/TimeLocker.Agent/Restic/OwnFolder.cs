using TimeLocker.Agent.Platform;
using TimeLocker.Core;

namespace TimeLocker.Agent.Restic;

/// <summary>A folder that restic writes to, in the agent's state: whether it can be used now.</summary>
internal static class OwnFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int Full = 28, ReadOnly = 30, OverQuota = 122;

    /// <summary>Why nothing can be written there, with its path; null: it is there and takes files.</summary>
    /// <remarks>Tried and not asked: only a write tells of a full disk. A folder in it may belong to somebody else.</remarks>
    public static Text? WhyNot(string folder)
    {
        if (File.Exists(folder))
        {
            return Texts.FileNotFolder(folder);
        }

        try
        {
            Directory.CreateDirectory(folder, Private);
            var probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            try
            {
                File.WriteAllBytes(probe, new byte[4096]);
            }
            finally
            {
                File.Delete(probe);
            }

            const int All = Native.MayRead | Native.MayWrite | Native.MayEnter;
            return Directory.EnumerateDirectories(folder).FirstOrDefault(below => !Native.May(below, All)) is { } closed
                ? Denied(closed)
                : null;
        }
        catch (UnauthorizedAccessException)
        {
            return Denied(folder);
        }
        catch (IOException e)
        {
            return Texts.CannotBeWrittenNow(folder, e.HResult switch
            {
                Full => nameof(Full),
                OverQuota => nameof(OverQuota),
                ReadOnly => nameof(ReadOnly),
                _ => "",
            });
        }
    }

    private static Text Denied(string folder) => Texts.UserRunsTimelockerMay(folder);
}
