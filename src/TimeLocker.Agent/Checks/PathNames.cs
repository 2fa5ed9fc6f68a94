using TimeLocker.Agent.Platform;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// By which paths one and the same file or folder is reached: a bind mount shows a folder once more, and so does a file
/// system that is mounted twice, or an overlay of what it writes to. Links are followed; where Linux does not show its
/// mounts, the path alone is known.
/// </summary>
internal sealed class PathNames
{
    private readonly IReadOnlyList<Mount> mounts = Seen();

    /// <summary>All real paths of a place, which need not be there yet.</summary>
    public IReadOnlyList<string> Of(string path)
    {
        var real = OwnFiles.RealPath(path);
        return [.. Places(real).SelectMany(Names).Prepend(real).Distinct()];
    }

    /// <summary>The same, and the paths at which something in it is seen, such as a file that is mounted by itself.</summary>
    public IReadOnlyList<string> WithParts(string path)
    {
        var real = OwnFiles.RealPath(path);
        string[] all = [real,
            .. mounts.Select(mount => mount.Point).Where(point => point != real && Inspection.IsBelow(point, real))];
        return [.. all.SelectMany(one => Of(one).Concat(Places(one).SelectMany(Parts))).Distinct()];
    }

    private IEnumerable<Place> Places(string real)
    {
        var number = mounts.Count == 0 ? null : Mount.Number(real);
        if (mounts.FirstOrDefault(mount => mount.Id == number) is not { } own || !Inspection.IsBelow(real, own.Point))
        {
            return [];
        }

        var place = new Place(own.Device, Moved(real, own.Point, own.Root), real);
        return own.Upper is { } upper && Mount.Number(upper) != own.Id
            ? Places(OwnFiles.RealPath(Moved(place.Path, "/", upper))).Prepend(place)
            : [place];
    }

    // Something else may be mounted over it; and of two shares of one server, which look like one file system, Linux
    // tells no roots.
    private IEnumerable<string> Names(Place place) =>
        from mount in mounts
        where mount.Device == place.Device && Inspection.IsBelow(place.Path, mount.Root)
        let name = Moved(place.Path, mount.Root, mount.Point)
        where Native.IdentityOf(name) == Native.IdentityOf(place.Real)
        select name;

    private IEnumerable<string> Parts(Place place) =>
        from mount in mounts
        where mount.Device == place.Device && Inspection.IsBelow(mount.Root, place.Path) && Mount.Number(mount.Point) == mount.Id
        select mount.Point;

    private static string Moved(string path, string from, string to) =>
        (to.TrimEnd('/') + path[from.TrimEnd('/').Length..]).TrimEnd('/') is { Length: > 0 } moved ? moved : "/";

    private static IReadOnlyList<Mount> Seen()
    {
        try
        {
            return [.. Mount.All()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Where something lies in its file system.</summary>
    private sealed record Place(string Device, string Path, string Real);
}
