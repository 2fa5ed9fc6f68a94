using System.Diagnostics;
using System.IO.Enumeration;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// Counts the files of several places, only as far as it matters: names are read, nothing is opened or weighed, and a
/// slow share is given up.
/// </summary>
internal sealed class FileCounts : IDisposable
{
    /// <summary>So many of one place tell whether it is still what it was.</summary>
    public const int Enough = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly EnumerationOptions Everything =
        new() { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };

    private readonly long since = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, Counted> places;
    private readonly CancellationToken ct;
    private int looked;

    public FileCounts(IEnumerable<string> paths, CancellationToken ct)
    {
        (places, this.ct) = (paths.ToDictionary(path => path, path => new Counted(Names(path).GetEnumerator())), ct);
        foreach (var place in places.Values)
        {
            Count(place, () => place.Files >= Enough);
        }
    }

    /// <summary>The time was up: there may be more.</summary>
    public bool GaveUp { get; private set; }

    /// <summary>There are folders that could not be looked into, so there may be more.</summary>
    public bool IsBlind { get; private set; }

    /// <param name="path">Null: it is not there, and holds nothing.</param>
    public long Of(string? path) => path is not null && places.TryGetValue(path, out var place) ? place.Files : 0;

    /// <summary>All of them, counted up to this number. What lies inside another place is counted with that.</summary>
    public long Sum(long enough)
    {
        var outer = places
            .Where(place => !places.Keys.Any(other => other != place.Key && Inspection.IsBelow(place.Key, other)))
            .Select(place => place.Value)
            .ToList();
        var sum = outer.Sum(place => place.Files);
        foreach (var place in outer)
        {
            var others = sum - place.Files;
            Count(place, () => others + place.Files >= enough);
            sum = others + place.Files;
        }

        return sum;
    }

    public void Dispose()
    {
        foreach (var place in places.Values)
        {
            place.Names.Dispose();
        }
    }

    private void Count(Counted place, Func<bool> enough)
    {
        while (!GaveUp && !enough() && Next(place))
        {
            place.Files += place.Names.Current ? 1 : 0;
            if (++looked % 256 == 0)
            {
                ct.ThrowIfCancellationRequested();
                GaveUp = Stopwatch.GetElapsedTime(since) > Patience;
            }
        }
    }

    private bool Next(Counted place)
    {
        try
        {
            return place.Names.MoveNext();
        }
        catch (IOException)
        {
            IsBlind = true; // it went away, or its disk fails: restic says what it could not read
            return false;
        }
    }

    // What .NET cannot read as text it cannot open either: restic can.
    private IEnumerable<bool> Names(string path)
    {
        if (!Directory.Exists(path))
        {
            yield return true;
            yield break;
        }

        var all = new FileSystemEnumerable<bool>(path, (ref FileSystemEntry entry) => !entry.IsDirectory, Everything)
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) =>
                (entry.Attributes & FileAttributes.ReparsePoint) == 0 && IsText(entry.FileName),
        };
        foreach (var isFile in all)
        {
            yield return isFile;
        }
    }

    private bool IsText(ReadOnlySpan<char> folder)
    {
        var text = !folder.Contains('\uFFFD');
        IsBlind |= !text;
        return text;
    }

    private sealed class Counted(IEnumerator<bool> names)
    {
        public IEnumerator<bool> Names => names;
        public long Files { get; set; }
    }
}
