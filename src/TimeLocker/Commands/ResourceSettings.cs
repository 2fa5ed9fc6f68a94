using System.Globalization;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Commands;

/// <summary>What a run may take of network, disk and processor, an option a line; of a plan and of a repository.</summary>
internal static class ResourceSettings
{
    public static IReadOnlyList<SettingOption<ResourceRules>> All { get; } =
    [
        SettingOption<ResourceRules>.Number("upload", "--upload", "KiB a second at most; 0: no limit.", (r, v) => r with { Upload = v }),
        SettingOption<ResourceRules>.Number("download", "--download", "KiB a second at most; 0: no limit.", (r, v) => r with { Download = v }),
        SettingOption<ResourceRules>.List("windows", "--limit-hours",
            "Other limits at certain hours: \"MON-FRI 08:00-18:00 UPLOAD DOWNLOAD\"; may be repeated, takes the place of those before; \"\" for none.",
            (r, v) => r with { Windows = [.. v.Where(w => w.Length > 0).Select(Window)] }),
        SettingOption<ResourceRules>.Word<Priority>("priority", "--priority", "How far restic yields processor and disk to other programs.",
            (r, v) => r with { Priority = v }),
        SettingOption<ResourceRules>.Number("readConcurrency", "--read-concurrency", "Files read at once; 0: as restic does.", (r, v) => r with { ReadConcurrency = v }),
        SettingOption<ResourceRules>.Number("packSize", "--pack-size", "Size of a pack file in MiB; 0: as restic does.", (r, v) => r with { PackSize = v }),
        SettingOption<ResourceRules>.Number("processors", "--processors", "Processors used at most; 0: as restic does.", (r, v) => r with { Processors = v }),
    ];

    private static LimitWindow Window(string given)
    {
        var words = given.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3
            || !int.TryParse(words[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var upload)
            || !int.TryParse(words[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var download))
        {
            throw ProblemException.Invalid(Problems.NotLimitCertainHours(given));
        }

        var hours = Hours.Read(string.Join(' ', words[..^2]));
        return new(hours.Days, hours.From, hours.To, upload, download);
    }
}
