using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TimeLocker.Core;
using TimeLocker.Core.Processes;

namespace TimeLocker.Agent.Restic;

/// <summary>A restic that may be used.</summary>
public sealed record ResticProgram(string Path, Version Version);

/// <summary>
/// Finds restic: a given path, TIMELOCKER_RESTIC, the one installed for this user, PATH; of those new enough, the
/// newest. Asked on first need, once.
/// </summary>
/// <param name="given">Used alone when it is not null.</param>
public sealed partial class ResticBinary(string? given = null)
{
    public static Version Oldest { get; } = new(0, 17, 1);

    private readonly Lock gate = new();
    private Task<ResticProgram>? search;

    /// <exception cref="ProblemException">There is no restic that is new enough. The next call looks again.</exception>
    public Task<ResticProgram> FindAsync()
    {
        lock (gate)
        {
            return search is { IsFaulted: false, IsCanceled: false } ? search : search = SearchAsync();
        }
    }

    /// <summary>The kinds of storage that this restic was built with, from <c>restic options</c>.</summary>
    public async Task<IReadOnlyList<string>> SchemesAsync()
    {
        var program = await FindAsync();
        var said = await RunAsync(program.Path, "options");
        return [.. Option().Matches(Encoding.UTF8.GetString(said.Output)).Select(o => o.Groups[1].Value).Distinct()];
    }

    private async Task<ResticProgram> SearchAsync()
    {
        List<ResticProgram> found = [];
        List<Text> tooOld = [];
        foreach (var path in Candidates().Distinct().Where(File.Exists))
        {
            switch (await ProbeAsync(path))
            {
                case { } program when program.Version >= Oldest:
                    found.Add(program);
                    break;
                case { } program:
                    tooOld.Add(Texts.ProgramIs(path, program.Version.ToString()));
                    break;
                default:
                    tooOld.Add(Texts.SaysNoVersion(path));
                    break;
            }
        }

        return found.MaxBy(p => p.Version) ?? throw new ProblemException(ProblemKind.Unavailable, Texts.ResticMissingMachine,
            tooOld.Count == 0 ? Texts.NoProgramResticWhere
                : Texts.VersionOrNewerNeeded(TextArgument.Of(Oldest), TextList.Commas(tooOld)),
            Texts.InstallResticOrNewer(TextArgument.Of(Oldest)));
    }

    private IEnumerable<string> Candidates()
    {
        if ((given ?? Environment.GetEnvironmentVariable("TIMELOCKER_RESTIC")) is { Length: > 0 } named)
        {
            return [named];
        }

        var own = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            ".local/share/timelocker/restic/restic");
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "restic")).Prepend(own);
    }

    private static async Task<ResticProgram?> ProbeAsync(string path)
    {
        try
        {
            var said = await RunAsync(path, "version", "--json");
            return VersionIn(Encoding.UTF8.GetString(said.Output)) is { } version ? new ResticProgram(path, version) : null;
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    // TimeLocker's own deploy/restic may be what is asked, through a link or a wrapper: the variable makes it refuse
    // instead of searching in its turn.
    private static Task<ChildResult> RunAsync(string path, params string[] words) => ChildProcess.RunAsync(
        new ChildCommand(path, words)
        {
            Environment =
                new Dictionary<string, string> { ["HOME"] = "/", ["PATH"] = "/usr/bin:/bin", ["TIMELOCKER_ASKING_RESTIC"] = "yes" },
        },
        TimeSpan.FromSeconds(10), 64 * 1024, CancellationToken.None);

    // Before 0.17 the answer is text, with --json too. TimeLocker itself, linked as “restic”, would say a version as well.
    private static Version? VersionIn(string said)
    {
        try
        {
            using var json = JsonDocument.Parse(said);
            said = json.RootElement.GetProperty("message_type").GetString() == "version"
                ? "restic " + json.RootElement.GetProperty("version").GetString() : "";
        }
        catch (KeyNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text.
        }

        return VersionText().Match(said) is { Success: true } match ? Version.Parse(match.Groups[1].ValueSpan) : null;
    }

    [GeneratedRegex(@"^restic (\d{1,4}\.\d{1,4}\.\d{1,4})")]
    private static partial Regex VersionText();

    [GeneratedRegex(@"^\s+([a-z0-9]{1,20})\.", RegexOptions.Multiline)]
    private static partial Regex Option();
}
