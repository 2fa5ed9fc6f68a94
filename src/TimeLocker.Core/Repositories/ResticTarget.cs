using TimeLocker.Core.Secrets;

namespace TimeLocker.Core.Repositories;

/// <summary>
/// All that restic needs to reach a repository. Held in memory only: secrets are resolved just before they are used.
/// </summary>
public sealed record ResticTarget
{
    /// <summary>The value of RESTIC_REPOSITORY; contains no secret.</summary>
    public required string Location { get; init; }

    public Secret Password { get; init; } = Secret.Empty;

    /// <summary>The backend's own variables (credentials, region …), handed to restic's environment and nothing else's.</summary>
    public IReadOnlyDictionary<string, Secret> Environment { get; init; } = new Dictionary<string, Secret>();

    /// <summary>
    /// Values for <c>-o</c>, from a fixed set of keys; never <c>*.command</c>, <c>*.program</c>, <c>*.args</c> with
    /// outside input.
    /// </summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>
    /// Files that restic or its helper reads (a private key, a certificate), by plain name. They lie beside the run,
    /// mode 0600, and are gone after it.
    /// </summary>
    public IReadOnlyDictionary<string, Secret> Files { get; init; } = new Dictionary<string, Secret>();

    /// <summary>What stands in <see cref="Options"/> and <see cref="Environment"/> for the folder of <see cref="Files"/>.</summary>
    public const string FilesFolder = "{files}";

    /// <summary>
    /// One of <see cref="Options"/> as the word after <c>-o</c>, which restic reads as a line of CSV. The files'
    /// folder, put in later, may have a comma in its name.
    /// </summary>
    public static string Record(string option) =>
        option.IndexOfAny(['"', ',']) >= 0 || option.Contains(FilesFolder, StringComparison.Ordinal)
            ? $"\"{option.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : option;

    /// <summary>Variables of <see cref="Environment"/> whose value rclone wants obscured.</summary>
    public IReadOnlyList<string> Obscured { get; init; } = [];

    /// <summary>Variables of TimeLocker's own environment that restic's helper needs too (<c>SSH_AUTH_SOCK</c>).</summary>
    public IReadOnlyList<string> Inherited { get; init; } = [];

    /// <summary>
    /// What must be mounted at <see cref="Folder"/>, as the system names it (<c>nas:/export/backup</c>); null:
    /// anything.
    /// </summary>
    public string? MountSource { get; init; }

    /// <summary>The server takes new data but lets nothing be removed: what removes is not offered.</summary>
    public bool AppendOnly { get; init; }

    /// <summary>
    /// The repository's folder on the machine that runs restic, or null: lets identity and free space be checked
    /// without restic.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>restic's repository id, pinned at first contact; null before.</summary>
    public string? PinnedId { get; init; }

    /// <summary>
    /// SHA-256 (hex) of the repository's config file, which restic never rewrites; null where it cannot be read
    /// cheaply.
    /// </summary>
    public string? PinnedConfig { get; init; }

    /// <summary>The variable in which restic finds the address of the repository that is copied.</summary>
    public const string FromRepository = "RESTIC_FROM_REPOSITORY";

    /// <summary>
    /// This repository and another one in one process of restic, which copies out of <paramref name="from"/>. Its
    /// password travels beside (<c>--from-password-file</c>).
    /// </summary>
    /// <exception cref="ProblemException">Both need the same setting with different values.</exception>
    public ResticTarget JoinedWith(ResticTarget from) => this with
    {
        Environment = Joined(Environment.Append(new(FromRepository, new Secret(from.Location))), from.Environment,
            (a, b) => a.Reveal() == b.Reveal()),
        Options = [.. Joined(Options.Select(Split), from.Options.Select(Split), (a, b) => a == b)
            .Select(option => $"{option.Key}={option.Value}")],
        Files = Joined(Files, from.Files, (a, b) => a.Reveal() == b.Reveal()),
        Obscured = [.. Obscured.Union(from.Obscured)],
        Inherited = [.. Inherited.Union(from.Inherited)],
    };

    private static Dictionary<string, T> Joined<T>(IEnumerable<KeyValuePair<string, T>> here,
        IEnumerable<KeyValuePair<string, T>> there, Func<T, T, bool> same)
    {
        var all = new Dictionary<string, T>(here);
        foreach (var (name, value) in there)
        {
            if (!all.TryAdd(name, value) && !same(all[name], value))
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.TheseTwoRepositoriesCannot(name));
            }
        }

        return all;
    }

    private static KeyValuePair<string, string> Split(string option) =>
        option.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? new(option[..at], option[(at + 1)..])
            : new(option, "");
}
