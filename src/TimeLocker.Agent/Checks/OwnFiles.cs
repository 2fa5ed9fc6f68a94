using TimeLocker.Agent.Restic;
using TimeLocker.Core;

namespace TimeLocker.Agent.Checks;

/// <summary>
/// What of TimeLocker itself no backup takes along and no restore writes into. Who may browse and download backups would read the key to
/// all secrets and the owner's token; who may restore could plant the files of a run or a hook.
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
        var state = Native.RealPath(State) ?? State;
        List<string> patterns = [];
        foreach (var source in sources)
        {
            var real = Native.RealPath(source) ?? source;
            if (Secret.Any(name => Inspection.IsBelow(real, Path.Combine(state, name))))
            {
                throw ProblemException.Invalid(
                    "This cannot be backed up.",
                    $"{source.AsName()} holds TimeLocker's own keys; who may open the backup could open every repository.",
                    "Take it out of the plan. The recovery kits are what brings everything back.");
            }

            patterns.AddRange(Secret.Concat(Passing).SelectMany(name => Below(Path.Combine(state, name), [source])));
        }

        return patterns;
    }

    /// <returns>The patterns that leave out a place, by whichever way a source reaches it.</returns>
    public static IReadOnlyList<string> Below(string place, IEnumerable<string> sources)
    {
        var there = Native.RealPath(place) ?? place;
        return [.. from source in sources
                   let real = Native.RealPath(source) ?? source
                   where Inspection.IsBelow(there, real)
                   select ResticPatterns.Literal($"{Path.GetFullPath(source).TrimEnd('/')}/{there[real.Length..].TrimStart('/')}")];
    }

    /// <summary>Whether a folder, which need not be there yet, lies in one of the folders of TimeLocker.</summary>
    public bool Hold(string folder)
    {
        var real = RealPath(folder);
        return ((string[])[State, Hooks]).Any(own => Inspection.IsBelow(real, Native.RealPath(own) ?? own));
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
