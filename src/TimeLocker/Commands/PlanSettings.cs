using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;

namespace TimeLocker.Commands;

/// <summary>How a plan backs up, an option a line: the members of <see cref="BackupOptions"/>.</summary>
internal static class PlanSettings
{
    /// <summary>A program is saved instead of folders, so this one takes their place.</summary>
    public const string Program = "--dump-program";

    public static IReadOnlyList<SettingOption<BackupOptions>> All { get; } =
    [
        SettingOption<BackupOptions>.List("excludes", "--exclude", Texts.ResticPatternToLeaveOut,
            (o, v) => o with { Excludes = v }),
        SettingOption<BackupOptions>.List("excludePresets", "--preset", Texts.PatternsThatComeWithTimeLocker,
            (o, v) => o with { ExcludePresets = v }),
        SettingOption<BackupOptions>.List("excludeIfPresent", "--exclude-if-present", Texts.LeaveOutFoldersThatHoldFile,
            (o, v) => o with { ExcludeIfPresent = v }),
        SettingOption<BackupOptions>.Flag("excludeCaches", "--exclude-caches", Texts.LeaveOutFoldersThatAreMarked,
            (o, v) => o with { ExcludeCaches = v }),
        SettingOption<BackupOptions>.Flag("oneFileSystem", "--one-file-system", Texts.StayOnFileSystemsOfSources,
            (o, v) => o with { OneFileSystem = v }),
        SettingOption<BackupOptions>.List("tags", "--tag", Texts.TagForItsSnapshots, (o, v) => o with { Tags = v }),
        SettingOption<BackupOptions>.Word<Compression>("compression", "--compression", Texts.HowHardResticCompresses,
            (o, v) => o with { Compression = v }),
        SettingOption<BackupOptions>.Text("command.file", Program, Texts.SaveWhatProgramPrints,
            (o, v) => o with { Command = new(v, o.Command?.Path ?? "") }),
        SettingOption<BackupOptions>.Text("command.path", "--dump-path", Texts.PathOfDump,
            (o, v) => o with { Command = new(o.Command?.File ?? "", v) }),
        SettingOption<BackupOptions>.List("hooks", "--hook", Texts.HooksOfPlan(Texts.HookExample),
            (o, v) => o with { Hooks = [.. v.Select(HookArgument.Read)] }),
        SettingOption<BackupOptions>.List("windows.allowed", "--only-at", Texts.HoursAllowed(Texts.HoursExample),
            (o, v) => o with { Windows = o.Windows with { Allowed = [.. v.Select(Hours.Read)] } }),
        SettingOption<BackupOptions>.List("windows.blocked", "--not-at", Texts.HoursNotAllowed,
            (o, v) => o with { Windows = o.Windows with { Blocked = [.. v.Select(Hours.Read)] } }),
        SettingOption<BackupOptions>.Flag("conditions.skipOnBattery", "--skip-on-battery", Texts.SkipOnBattery,
            (o, v) => o with { Conditions = o.Conditions with { SkipOnBattery = v } }),
        SettingOption<BackupOptions>.Flag("conditions.skipOnMetered", "--skip-on-metered", Texts.SkipOnMetered,
            (o, v) => o with { Conditions = o.Conditions with { SkipOnMetered = v } }),
        SettingOption<BackupOptions>.Number("retries.times", "--retries", Texts.HowOftenTriedAgain,
            (o, v) => o with { Retries = o.Retries with { Times = v } }),
        SettingOption<BackupOptions>.Number("retries.firstAfterMinutes", "--retry-after", Texts.MinutesBeforeFirstFurtherTry,
            (o, v) => o with { Retries = o.Retries with { FirstAfterMinutes = v } }),
        .. ResourceSettings.All.Select(s => s.Within<BackupOptions>("resources", o => o.Resources,
            (o, v) => o with { Resources = v })),
    ];
}
