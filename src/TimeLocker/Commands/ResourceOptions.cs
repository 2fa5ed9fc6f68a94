using System.CommandLine;
using System.Globalization;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Commands;

/// <summary>What a run may take of network, disk and processor, as options; of a plan and of a repository.</summary>
internal static class ResourceOptions
{
    private static readonly Option<int?> Upload = new("--upload") { Description = "KiB a second at most; 0: no limit." };
    private static readonly Option<int?> Download = new("--download") { Description = "KiB a second at most; 0: no limit." };
    private static readonly Option<string[]> Windows = new("--limit-hours")
    {
        Description = "Other limits at certain hours: \"MON-FRI 08:00-18:00 UPLOAD DOWNLOAD\"; may be repeated, "
            + "takes the place of those before; \"\" for none.",
    };
    private static readonly Option<Priority?> Priorities = Choice.Option<Priority>("--priority",
        "How far other programs go first on the processor and the disk.");
    private static readonly Option<int?> Reads = new("--read-concurrency") { Description = "Files read at once; 0: as restic does." };
    private static readonly Option<int?> Pack = new("--pack-size") { Description = "Size of a pack file in MiB; 0: as restic does." };
    private static readonly Option<int?> Cores = new("--processors") { Description = "Processors used at most; 0: as restic does." };

    public static Command WithResources(this Command command)
    {
        foreach (var option in (Option[])[Upload, Download, Windows, Priorities, Reads, Pack, Cores])
        {
            command.Add(option);
        }

        return command;
    }

    /// <summary>The rules before, with what was given in their place.</summary>
    public static ResourceRules Read(ParseResult parsed, ResourceRules before) => before with
    {
        Upload = parsed.GetValue(Upload) ?? before.Upload,
        Download = parsed.GetValue(Download) ?? before.Download,
        Windows = parsed.GetValue(Windows) is { Length: > 0 } given ? [.. given.Where(w => w.Length > 0).Select(Window)] : before.Windows,
        Priority = parsed.GetValue(Priorities) ?? before.Priority,
        ReadConcurrency = parsed.GetValue(Reads) ?? before.ReadConcurrency,
        PackSize = parsed.GetValue(Pack) ?? before.PackSize,
        Processors = parsed.GetValue(Cores) ?? before.Processors,
    };

    private static LimitWindow Window(string given)
    {
        var words = given.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3
            || !int.TryParse(words[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var upload)
            || !int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var download))
        {
            throw ProblemException.Invalid($"“{given}” is no limit at certain hours.",
                "It has hours, then KiB a second up and down.",
                "Write it such as \"MON-FRI 08:00-18:00 500 0\".");
        }

        var hours = Hours.Read(string.Join(' ', words[..^2]));
        return new(hours.Days, hours.From, hours.To, upload, download);
    }
}
