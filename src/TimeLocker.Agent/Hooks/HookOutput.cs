using System.Text;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs;

namespace TimeLocker.Agent.Hooks;

/// <summary>
/// What a running hook says: into the run's log line by line, of a talkative one only the first lines and the last.
/// </summary>
internal sealed class HookOutput : IDisposable
{
    public const int MostFirst = 200, MostLast = 50;
    private const int LongestLine = 1000;

    private readonly List<string> first = [];
    private readonly Queue<string> last = [];
    private readonly LineSplitter[] lines;
    private readonly TailedFile[] files;
    private readonly Func<string, string> clean;
    private readonly Action<string> log;
    private long leftOut;

    public HookOutput(RunFolder at, Func<string, string> clean, Action<string> log)
    {
        (this.clean, this.log) = (clean, log);
        lines = [new LineSplitter(Take), new LineSplitter(Take)];
        files = [new TailedFile(at.Out, lines[0], keep: 0, most: 16 << 20),
            new TailedFile(at.Err, lines[1], keep: 0, most: 16 << 20)];
    }

    /// <returns>Whether there is more.</returns>
    public bool Read() => files[0].Read() | files[1].Read();

    /// <summary>All it said, as it is kept.</summary>
    public IReadOnlyList<string> End()
    {
        foreach (var splitter in lines)
        {
            splitter.End();
        }

        string[] rest = leftOut > 0 ? [$"… {leftOut} lines left out …", .. last] : [.. last];
        foreach (var line in rest)
        {
            log(line);
        }

        return [.. first, .. rest];
    }

    public void Dispose()
    {
        foreach (var file in files)
        {
            file.Dispose();
        }
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        var text = clean(Encoding.UTF8.GetString(line));
        text = string.Concat((text.Length > LongestLine ? text[..LongestLine] + "…"
            : text).Select(c => char.IsControl(c) ? '·' : c));
        if (first.Count < MostFirst)
        {
            first.Add(text);
            log(text);
            return;
        }

        last.Enqueue(text);
        if (last.Count > MostLast)
        {
            last.Dequeue();
            leftOut++;
        }
    }
}
