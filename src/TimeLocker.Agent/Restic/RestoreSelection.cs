namespace TimeLocker.Agent.Restic;

/// <summary>
/// Paths of a snapshot as restic restores them best: one parent, and below it the names. Ancestors of the parent stay
/// untouched.
/// </summary>
/// <param name="Parent">Absolute; free of U+FFFD, because restic takes it literally.</param>
/// <param name="Names">As <c>/name</c> or <c>/folder/name</c> below the parent; empty: everything.</param>
internal sealed record RestoreSelection(string Parent, IReadOnlyList<string> Names)
{
    public static RestoreSelection Of(IReadOnlyList<string> paths)
    {
        var wanted = paths.Select(p => p.TrimEnd('/')).ToList();
        if (wanted.Count == 0 || wanted.Any(p => p.Length == 0))
        {
            return new RestoreSelection("/", []);
        }

        var parent = ParentOf(wanted[0]);
        while (parent != "/"
            && (parent.Contains('\uFFFD', StringComparison.Ordinal)
                || !wanted.All(p => p.StartsWith(parent + "/", StringComparison.Ordinal))))
        {
            parent = ParentOf(parent);
        }

        return new RestoreSelection(parent, [.. wanted.Select(p => parent == "/" ? p : p[parent.Length..]).Distinct()]);
    }

    public static string ParentOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
}
