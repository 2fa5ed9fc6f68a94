using System.Text;
using TimeLocker.Agent.Runs;
using TimeLocker.Core;

namespace TimeLocker.Agent.Journal;

/// <summary>
/// A run's log on disk. Of a long one its head and its tail are kept: the head, then two alternating halves of the
/// tail.
/// </summary>
internal sealed class RunLog : IDisposable
{
    private const int MostHead = 512 * 1024, MostHalf = 256 * 1024, MostLine = 4000;
    private static readonly string[] Names = ["log", "log.older", "log.newer"];

    private readonly string directory;
    private readonly TimeProvider time;
    private FileStream? file;
    private bool inTail;

    private RunLog(string directory, TimeProvider time, FileStream? file) =>
        (this.directory, this.time, this.file) = (directory, time, file);

    /// <summary>
    /// Begins anew, also for a run that is joined again: all that was said is read and written again. A run goes on
    /// without a log where none can be made.
    /// </summary>
    public static RunLog Begin(string directory, TimeProvider time)
    {
        try
        {
            File.Delete(Path.Combine(directory, Names[1]));
            File.Delete(Path.Combine(directory, Names[2]));
            return new RunLog(directory, time, Create(Path.Combine(directory, Names[0])));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new RunLog(directory, time, null);
        }
    }

    /// <summary>A log that cannot be written (a full disk) stops no run.</summary>
    public void Add(string text)
    {
        try
        {
            Write(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The run's outcome is told by other means.
        }
    }

    /// <summary>With all names: who may read a log may see them.</summary>
    public void Add(Text text) => Add(text.Full);

    public void Dispose() => file?.Dispose();

    /// <summary>The log as it stands, or null when there is none.</summary>
    public static Stream? Open(string directory)
    {
        var all = new MemoryStream();
        foreach (var name in Names)
        {
            var path = Path.Combine(directory, name);
            if (File.Exists(path))
            {
                if (name == Names[1])
                {
                    all.Write("…  lines may be left out here  …\n"u8);
                }

                using var part = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                part.CopyTo(all);
            }
        }

        all.Position = 0;
        return File.Exists(Path.Combine(directory, Names[0])) ? all : null;
    }

    private void Write(string text)
    {
        if (file is null)
        {
            return;
        }

        if (text.Length > MostLine)
        {
            text = text[..MostLine] + "…";
        }

        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var safe = line.Any(char.IsControl) ? string.Concat(line.Select(c => char.IsControl(c) ? '·' : c)) : line;
            var bytes = Encoding.UTF8.GetBytes($"{time.GetUtcNow():yyyy-MM-dd HH:mm:ss}Z  {safe}\n");
            if (file.Length + bytes.Length > (inTail ? MostHalf : MostHead))
            {
                Turn();
            }

            file.Write(bytes);
        }

    }

    private void Turn()
    {
        var newer = Path.Combine(directory, Names[2]);
        if (inTail)
        {
            File.Move(newer, Path.Combine(directory, Names[1]), overwrite: true);
        }

        var next = Create(newer);
        file?.Dispose();
        (inTail, file) = (true, next);
    }

    private static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Create,
        Access = FileAccess.Write,
        Share = FileShare.ReadWrite | FileShare.Delete,
        BufferSize = 0, // what could not be written must not come again when it is closed
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });
}
