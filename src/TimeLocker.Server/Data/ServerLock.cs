using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>
/// One server a state directory. The lock is the operating system's: it goes with the process, however that ends.
/// </summary>
public sealed class ServerLock : IDisposable
{
    private readonly FileStream file;

    private ServerLock(FileStream file) => this.file = file;

    /// <exception cref="ProblemException">of kind Conflict: another server has it.</exception>
    public static ServerLock Take(string data) => Take(data, Problems.AnotherTimelockerServerUses(data));

    /// <summary>For a command that would make or change tables.</summary>
    /// <exception cref="ProblemException">of kind Conflict: a server is at it.</exception>
    public static ServerLock TakeToMigrate(string data) => Take(data, Problems.DatabaseNotProgramNeeds(data));

    private static ServerLock Take(string data, Problem taken)
    {
        try
        {
            return new(new FileStream(Path.Combine(data, "server.lock"), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }));
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            throw new ProblemException(ProblemKind.Conflict, taken, e);
        }
    }

    public void Dispose() => file.Dispose();
}
