using System.Globalization;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Commands;

/// <summary>What a run may take of network, disk and processor, an option a line; of a plan and of a repository.</summary>
internal static class ResourceSettings
{
    public static IReadOnlyList<SettingOption<ResourceRules>> All { get; } =
    [
        SettingOption<ResourceRules>.Number("upload", "--upload", Texts.KibibytesASecond, (r, v) => r with { Upload = v }),
        SettingOption<ResourceRules>.Number("download", "--download", Texts.KibibytesASecond, (r, v) => r with { Download = v }),
        SettingOption<ResourceRules>.List("windows", "--limit-hours",
            Texts.LimitsAtCertainHours,
            (r, v) => r with { Windows = [.. v.Where(w => w.Length > 0).Select(Window)] }),
        SettingOption<ResourceRules>.Word<Priority>("priority", "--priority", Texts.HowFarResticYields,
            (r, v) => r with { Priority = v }),
        SettingOption<ResourceRules>.Number("readConcurrency", "--read-concurrency", Texts.FilesReadAtOnce,
            (r, v) => r with { ReadConcurrency = v }),
        SettingOption<ResourceRules>.Number("packSize", "--pack-size", Texts.SizeOfPackFileInMiB,
            (r, v) => r with { PackSize = v }),
        SettingOption<ResourceRules>.Number("processors", "--processors", Texts.ProcessorsUsed,
            (r, v) => r with { Processors = v }),
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
