using TimeLocker.Core;

namespace TimeLocker.Server.Data;

/// <summary>One server a state directory. The lock is the operating system's: it goes with the process, however that ends.</summary>
public sealed class ServerLock : IDisposable
{
    private readonly FileStream file;

    private ServerLock(FileStream file) => this.file = file;

    /// <exception cref="ProblemException">of kind Conflict: another server has it.</exception>
    public static ServerLock Take(string data)
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
            throw new ProblemException(ProblemKind.Conflict, "Another TimeLocker server uses this state directory.", $"{data} is locked by it.", "Use that server, or stop it first; a second one needs its own --data.");
        }
    }

    public void Dispose() => file.Dispose();
}
