using Microsoft.Win32.SafeHandles;
using TimeLocker.Agent.Restic;

namespace TimeLocker.Agent.Runs;

/// <summary>Reads what is appended to a file, and gives the blocks already read back to the file system.</summary>
internal sealed class TailedFile(string path, LineSplitter lines, bool punch) : IDisposable
{
    private const long HoleStep = 1 << 20;

    private readonly byte[] buffer = new byte[32 * 1024];
    private SafeFileHandle? handle;
    private long position, punched;

    /// <summary>Reads all there is now.</summary>
    public void Read()
    {
        if (handle is null && !TryOpen())
        {
            return;
        }

        for (int read; (read = RandomAccess.Read(handle!, buffer, position)) > 0;)
        {
            lines.Add(buffer.AsSpan(0, read));
            position += read;
            if (punch && position - punched >= HoleStep)
            {
                var upTo = position & ~4095L;
                Native.PunchHole(handle!, punched, upTo - punched);
                punched = upTo;
            }
        }
    }

    public void Dispose() => handle?.Dispose();

    private bool TryOpen()
    {
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, punch ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
