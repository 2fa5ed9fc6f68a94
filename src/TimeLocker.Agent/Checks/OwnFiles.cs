using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// What of TimeLocker itself no backup takes along and no restore writes into. Who may browse and download backups
/// would read the key to all secrets and the owner's token; who may restore could plant the files of a run or a hook.
/// </summary>
internal sealed record OwnFiles(string State, string Hooks)
{
    // The database is not among them: what is secret in it is sealed with the key.
    private static readonly string[] Secret = ["keys", "runs", "server.json", "setup-token"];

    // What restic writes to while it backs up. It knows its own cache by the spelling of the path only, so not through a link.
    private static readonly string[] Passing = ["cache", "tmp"];

    /// <returns>The patterns that leave them out of these sources, by whichever way a source reaches them.</returns>
    /// <exception cref="ProblemException">A source is one of them.</exception>
    public IReadOnlyList<string> LeftOut(IEnumerable<string> sources)
    {
        var names = new PathNames();
        List<string> patterns = [];
        string[] secret = [.. Secret.SelectMany(name => names.WithParts(Path.Combine(State, name)))];
        string[] passing = [.. Passing.SelectMany(name => names.Of(Path.Combine(State, name)))];
        foreach (var source in sources)
        {
            var real = RealPath(source);
            if (secret.Any(name => Inspection.IsBelow(real, name)))
            {
                throw ProblemException.Invalid(Problems.CannotBackedUpHolds(source.AsName()));
            }

            patterns.AddRange(Below([.. secret, .. passing], source));
        }

        return patterns;
    }

    /// <returns>The source that lies in a place, by whichever way, or is it; null: none does.</returns>
    public static string? Inside(string place, IEnumerable<string> sources)
    {
        var names = new PathNames().Of(place);
        return sources.FirstOrDefault(source => RealPath(source) is var real && names.Any(name => Inspection.IsBelow(real, name)));
    }

    /// <returns>The patterns that leave out a place, by whichever way a source reaches it.</returns>
    public static IReadOnlyList<string> Below(string place, IEnumerable<string> sources)
    {
        var names = new PathNames().Of(place);
        return [.. sources.SelectMany(source => Below(names, source))];
    }

    /// <summary>Whether a folder, which need not be there yet, lies in one of the folders of TimeLocker.</summary>
    public bool Hold(string folder)
    {
        var (names, real) = (new PathNames(), RealPath(folder));
        return names.WithParts(State).Concat(names.WithParts(Hooks)).Any(own => Inspection.IsBelow(real, own));
    }

    private static IEnumerable<string> Below(IReadOnlyList<string> names, string source)
    {
        var real = RealPath(source);
        return from name in names
               where Inspection.IsBelow(name, real)
               select ResticPatterns.Literal($"{Path.GetFullPath(source).TrimEnd('/')}/{name[real.Length..].TrimStart('/')}");
    }

    /// <summary>Where a path leads when all links are followed; what is not there yet stays as it is.</summary>
    public static string RealPath(string folder)
    {
        var (there, rest) = (folder, "");
        while (there.Length > 1 && Native.RealPath(there) is null)
        {
            (there, rest) = (Path.GetDirectoryName(there)!, $"/{Path.GetFileName(there)}{rest}");
        }

        return $"{(Native.RealPath(there) ?? there).TrimEnd('/')}{rest}" is { Length: > 0 } real ? real : "/";
    }
}
