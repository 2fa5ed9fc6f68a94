namespace TimeLocker.Core;

/// <summary>
/// Whether nobody but root and the user that runs TimeLocker can change what lies at a path, with all folders above it.
/// Links are followed by hand, so that each step is looked at.
/// </summary>
public static class TrustedPath
{
    private const int MostLinks = 20, Parent = 0;
    private const int TypeMask = 0xF000, Link = 0xA000, Folder = 0x4000, File = 0x8000;
    private const int WritableByOthers = 0x12, WritableByAll = 0x2, Sticky = 0x200;

    /// <param name="path">Absolute.</param>
    /// <returns>The path without links, or why it cannot be trusted.</returns>
    public static (string Real, Text? Why) OfFolder(string path) => Look(path, Folder);

    public static (string Real, Text? Why) OfFile(string path) => Look(path, File);

    /// <summary>Of a folder in which something is to be made. What is missing on the way will be made, and is ours then.</summary>
    public static (string Real, Text? Why) OfParent(string path) => Look(Path.GetDirectoryName(path.TrimEnd('/')) ?? "/", Parent);

    private static (string Real, Text? Why) Look(string path, int type)
    {
        var steps = new Stack<string>(Parts(path).AsEnumerable().Reverse());
        var (at, links, above) = ("", 0, Vet("/", type));
        if (above.Why is not null)
        {
            return ("/", above.Why);
        }

        while (steps.TryPop(out var step))
        {
            if (step is "." or "..")
            {
                at = step == "." ? at : at[..Math.Max(0, at.LastIndexOf('/'))];
                continue;
            }

            var next = $"{at}/{step}";
            var (mode, why) = Vet(next, type);
            if (mode is null && type == Parent)
            {
                return ($"{next}/{string.Join('/', steps)}".TrimEnd('/'), null);
            }

            if (why is not null)
            {
                return (next, why);
            }

            if ((mode & TypeMask) == Link)
            {
                if (++links > MostLinks || new FileInfo(next).LinkTarget is not { } target)
                {
                    return (next, Texts.LeadsNowhere(next.AsName()));
                }

                at = target.StartsWith('/') ? "" : at;
                foreach (var part in Parts(target).AsEnumerable().Reverse())
                {
                    steps.Push(part);
                }

                continue;
            }

            (at, above) = (next, (mode, null));
        }

        return (at, Fits(at, above.Mode ?? 0, type));
    }

    private static Text? Fits(string path, int mode, int type) =>
        (mode & TypeMask) != (type == Parent ? Folder : type) ? type == File ? Texts.IsNoFile(path.AsName())
            : Texts.IsNoFolder(path.AsName())
        : type == Parent ? null
        : (mode & WritableByOthers) != 0 ? Open(path)
        : null;

    // In a folder like /tmp everybody may make files, but nobody can take away or replace those of others.
    // A person's own folder may be open to a group: on many systems all are, to a group of that person alone.
    private static (int? Mode, Text? Why) Vet(string path, int type)
    {
        if (FileOwner.Look(path) is not var (owner, mode))
        {
            return (null, Texts.DoesNotExist(path.AsName()));
        }

        var kind = mode & TypeMask;
        var why = owner != 0 && owner != FileOwner.Me() ? Texts.BelongsToAnother(path.AsName())
            : kind == Folder && (mode & (type == Parent && owner != 0 ? WritableByAll : WritableByOthers)) != 0
                && (mode & Sticky) == 0 ? Open(path)
            : null;
        return (mode, why);
    }

    private static Text Open(string path) => Texts.OthersMayWrite(path.AsName());

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
