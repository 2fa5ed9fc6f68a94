namespace TimeLocker.Server.Kit;

public enum Picked { None, Some, All }

/// <summary>
/// Which files and folders of a tree are chosen. A chosen folder means all below it, so nothing below is listed beside
/// it.
/// </summary>
public sealed class PathSelection
{
    private readonly SortedSet<string> chosen = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Paths => chosen;

    public Picked Of(string path)
    {
        if (Above(path).Any(chosen.Contains))
        {
            return Picked.All;
        }

        var inside = Inside(path);
        return chosen.GetViewBetween(inside, inside + char.MaxValue).Count > 0 ? Picked.Some : Picked.None;
    }

    public void Add(string path)
    {
        if (Of(path) == Picked.All)
        {
            return;
        }

        var inside = Inside(path);
        chosen.RemoveWhere(p => p.StartsWith(inside, StringComparison.Ordinal));
        chosen.Add(path);
    }

    /// <summary>The chosen folder that covers this path, itself included; null when none does.</summary>
    public string? Cover(string path) => Above(path).FirstOrDefault(chosen.Contains);

    /// <summary>
    /// Takes a path out. Where a folder above is chosen, that folder is replaced by what else is in it, level by level.
    /// </summary>
    /// <param name="children">All paths directly in a folder.</param>
    public async Task RemoveAsync(string path, Func<string, Task<IReadOnlyList<string>>> children)
    {
        while (Cover(path) is { } cover && cover != path)
        {
            var inside = await children(cover);
            chosen.Remove(cover);
            chosen.UnionWith(inside);
        }

        var below = Inside(path);
        chosen.Remove(path);
        chosen.RemoveWhere(p => p.StartsWith(below, StringComparison.Ordinal));
    }

    public void Clear() => chosen.Clear();

    private static string Inside(string path) => path == "/" ? "/" : path + "/";

    // The path itself first, the root last.
    private static IEnumerable<string> Above(string path)
    {
        for (var at = path; ;)
        {
            yield return at;
            if (at is "/" or "")
            {
                yield break;
            }

            var cut = at.LastIndexOf('/');
            at = cut <= 0 ? "/" : at[..cut];
        }
    }
}
