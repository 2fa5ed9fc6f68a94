namespace TimeLocker.Agent.Restic;

/// <summary>
/// The first and the last lines of a text of any length. Lines of a progress figure ("[0:02] 40.00%  4 / 10 packs")
/// replace one another.
/// </summary>
internal sealed class BoundedLines
{
    private const int MostFirst = 400, MostLast = 400;

    private readonly List<string> first = [];
    private readonly Queue<string> last = [];

    public IReadOnlyList<string> All => [.. first, .. last];

    /// <summary>The newest figure, and the newest line that says what is done now; null before there was one.</summary>
    public string? Figure { get; private set; }
    public string? Phase { get; private set; }

    public void Add(string line)
    {
        if (line.StartsWith('[') && line.Contains("] ", StringComparison.Ordinal))
        {
            Figure = line;
            return;
        }

        if (line.Length == 0)
        {
            return;
        }

        (Phase, Figure) = IsPhase(line) ? (line, null) : (Phase, Figure);
        if (first.Count < MostFirst)
        {
            first.Add(line);
            return;
        }

        last.Enqueue(line);
        if (last.Count > MostLast)
        {
            last.Dequeue();
        }
    }

    // "load indexes", "searching used packs..."; not "to delete:  10 blobs / 8.585 MiB" nor what is set in under a line.
    private static bool IsPhase(string line) =>
        line[0] != ' ' && !line.Contains(": ", StringComparison.Ordinal)
            && !line.StartsWith("using temporary cache", StringComparison.Ordinal) && line is not ("done"
            or "no errors were found");
}
