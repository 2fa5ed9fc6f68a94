using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>One server a state directory. The lock is the operating system's: it goes with the process, however that ends.</summary>
public sealed class ServerLock : IDisposable
{
    private readonly FileStream file;

    private ServerLock(FileStream file) => this.file = file;

    /// <exception cref="ProblemException">of kind Conflict: another server has it.</exception>
    public static ServerLock Take(string data) => Take(data, new(
        "Another TimeLocker server uses this state directory.", $"{data} is locked by it.", "Use that server, or stop it first; a second one needs its own --data."));

    /// <summary>For a command that would make or change tables.</summary>
    /// <exception cref="ProblemException">of kind Conflict: a server is at it.</exception>
    public static ServerLock TakeToMigrate(string data) => Take(data, new(
        "The database is not as this program needs it.", $"A server uses {data}: it is just starting, or it is older than this program.",
        "Try again in a moment; if it stays so, start the server anew with this program's version."));

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
