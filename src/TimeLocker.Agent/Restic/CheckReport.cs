using System.Text.RegularExpressions;

namespace TimeLocker.Agent.Restic;

/// <summary>What <c>restic check</c> said about a repository, taken from its text.</summary>
/// <param name="Packs">Damaged, truncated or missing pack files.</param>
/// <param name="Trees">Folders that cannot be read or miss something: the first digits of their ids.</param>
/// <param name="Snapshots">Snapshots whose own file is damaged: the first digits of their ids.</param>
/// <param name="IndexUnreadable">The index itself could not be loaded, so nothing else was looked at.</param>
/// <param name="Keyless">What opens the repository is damaged: the config or a key.</param>
internal sealed partial record CheckReport(long Errors, IReadOnlyList<string> Packs, IReadOnlyList<string> Trees,
    IReadOnlyList<string> Snapshots, bool IndexDamaged, bool IndexUnreadable, bool SuggestsPrune, bool Keyless,
    IReadOnlyList<string> Lines)
{
    private const int MostLines = 40;

    public static CheckReport Of(IReadOnlyList<string> text, IReadOnlyList<string> errors)
    {
        var said = errors.Where(line => Finding().IsMatch(line)).ToList();
        var prune = text.Concat(errors).Any(line => line.Contains("`restic prune`", StringComparison.Ordinal));
        var unreadable =
            errors.Any(line => line.Contains("index is damaged", StringComparison.Ordinal)
                || line.Contains("error loading index", StringComparison.Ordinal));

        // Packs that the index does not know, and folders that are in none that it knows: a part of the index is lost.
        var lost = prune && said.Any(line => line.Contains("not found in", StringComparison.Ordinal));
        var gone = said.Any(line => line.EndsWith(": does not exist", StringComparison.Ordinal));
        return new CheckReport(
            said.Count(line => !line.StartsWith("error for tree", StringComparison.Ordinal)),
            Ids(errors, Pack()),
            Ids(said, Tree()),
            Ids(said, Snapshot()),
            unreadable || lost || gone,
            unreadable,
            prune,
            errors.Any(line => Opening().IsMatch(line)),
            [.. text.Where(line => line.Contains("additional files", StringComparison.Ordinal)
                || line.Contains("non-critical", StringComparison.Ordinal)).Concat(said).Select(line => line.Trim())
                .Take(MostLines)]);
    }

    private static IReadOnlyList<string> Ids(IEnumerable<string> lines, Regex words) =>
        [.. lines.SelectMany(line => words.Matches(line)).SelectMany(found => found.Groups["id"].Captures)
            .Select(id => id.Value).Distinct()];

    // "error: …", "pack … contains 2 errors: …", and what is set in under "error for tree …:".
    [GeneratedRegex("^(error[: ]|pack [0-9a-f]{64}|  \\S)")]
    private static partial Regex Finding();

    [GeneratedRegex("\\bpacks?(?: (?<id>[0-9a-f]{64}))+")]
    private static partial Regex Pack();

    [GeneratedRegex("error for tree (?<id>[0-9a-f]{8})")]
    private static partial Regex Tree();

    [GeneratedRegex("<snapshot/(?<id>[0-9a-f]{8,64})>|failed to load snapshot (?<id>[0-9a-f]{8,64})")]
    private static partial Regex Snapshot();

    [GeneratedRegex("<key/[0-9a-f]+>.*invalid data|config or key [0-9a-f]+ is damaged|<config/[^>]*>.*invalid data")]
    private static partial Regex Opening();
}
