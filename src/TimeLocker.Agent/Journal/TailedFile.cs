using Microsoft.Win32.SafeHandles;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs;

namespace TimeLocker.Agent.Journal;

/// <summary>
/// Reads what is appended to a file, and gives the blocks already read back to the file system. However fast somebody
/// writes, a look reads so much and no more, and what it cannot keep up with is left out: the head and the tail of a
/// text tell what it is about.
/// </summary>
/// <param name="keep">So much of the beginning stays in the file: it is read once more by whoever joins the run later.</param>
/// <param name="most">It may fall behind so far.</param>
internal sealed class TailedFile(string path, LineSplitter lines, long keep, long most = TailedFile.MostBehind) : IDisposable
{
    public const int Look = 4 << 20, Tail = 1 << 20;
    public const long MostBehind = 64 << 20;
    private const long HoleStep = 1 << 20;

    private readonly byte[] buffer = new byte[32 * 1024];
    private SafeFileHandle? handle;
    private long position, punched = keep;

    /// <summary>Bytes that were never looked at.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Reads on, for one look.</summary>
    /// <param name="hurry">Only what was said last still counts.</param>
    /// <returns>Whether there is more.</returns>
    public bool Read(bool hurry = false)
    {
        if (handle is null && !TryOpen())
        {
            return false;
        }

        Skip(hurry ? Tail : most);
        for (var until = position + Look; position < until;)
        {
            var read = RandomAccess.Read(handle!, buffer, position);
            if (read == 0)
            {
                return false;
            }

            lines.Add(buffer.AsSpan(0, read));
            position += read;
            Punch();
        }

        return true;
    }

    public void Dispose() => handle?.Dispose();

    private void Skip(long behind)
    {
        var end = RandomAccess.GetLength(handle!);
        if (position < Tail || end - position <= behind)
        {
            return; // the head is read whatever comes behind it
        }

        lines.Add("\n"u8);
        LeftOut += end - Tail - position;
        position = end - Tail;
        Punch();
    }

    private void Punch()
    {
        if (position - punched >= HoleStep)
        {
            var (from, upTo) = ((punched + 4095) & ~4095L, position & ~4095L);
            Native.PunchHole(handle!, from, upTo - from);
            punched = upTo;
        }
    }

    private bool TryOpen()
    {
        try
        {
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
