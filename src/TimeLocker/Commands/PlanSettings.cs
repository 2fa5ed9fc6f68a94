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
        SettingOption<BackupOptions>.List("excludes", "--exclude", "A restic pattern to leave out; may be repeated.", (o, v) => o with { Excludes = v }),
        SettingOption<BackupOptions>.List("excludePresets", "--preset", "Patterns that come with TimeLocker, see “plans presets”; may be repeated.",
            (o, v) => o with { ExcludePresets = v }),
        SettingOption<BackupOptions>.List("excludeIfPresent", "--exclude-if-present", "Leave out folders that hold a file of this name; may be repeated.",
            (o, v) => o with { ExcludeIfPresent = v }),
        SettingOption<BackupOptions>.Flag("excludeCaches", "--exclude-caches", "Leave out folders that are marked as caches (CACHEDIR.TAG).",
            (o, v) => o with { ExcludeCaches = v }),
        SettingOption<BackupOptions>.Flag("oneFileSystem", "--one-file-system", "Stay on the file systems of the sources.", (o, v) => o with { OneFileSystem = v }),
        SettingOption<BackupOptions>.List("tags", "--tag", "A tag for its snapshots; may be repeated.", (o, v) => o with { Tags = v }),
        SettingOption<BackupOptions>.Word<Compression>("compression", "--compression", "How hard restic compresses.", (o, v) => o with { Compression = v }),
        SettingOption<BackupOptions>.Text("command.file", Program, "Save what this program of the hook folder prints, instead of files.",
            (o, v) => o with { Command = new(v, o.Command?.Path ?? "") }),
        SettingOption<BackupOptions>.Text("command.path", "--dump-path", "Under which path the snapshot shows it (/dumps/shop.sql).",
            (o, v) => o with { Command = new(o.Command?.File ?? "", v) }),
        SettingOption<BackupOptions>.List("hooks", "--hook", $"A program around the backup, {HookArgument.Example}; may be repeated.",
            (o, v) => o with { Hooks = [.. v.Select(HookArgument.Read)] }),
        SettingOption<BackupOptions>.List("windows.allowed", "--only-at", $"Hours at which it may begin by itself, {Hours.Example}; may be repeated.",
            (o, v) => o with { Windows = o.Windows with { Allowed = [.. v.Select(Hours.Read)] } }),
        SettingOption<BackupOptions>.List("windows.blocked", "--not-at", "Hours at which it may not; may be repeated.",
            (o, v) => o with { Windows = o.Windows with { Blocked = [.. v.Select(Hours.Read)] } }),
        SettingOption<BackupOptions>.Flag("conditions.skipOnBattery", "--skip-on-battery", "Skip a backup while the machine runs on battery.",
            (o, v) => o with { Conditions = o.Conditions with { SkipOnBattery = v } }),
        SettingOption<BackupOptions>.Flag("conditions.skipOnMetered", "--skip-on-metered", "Skip a backup while the network is metered.",
            (o, v) => o with { Conditions = o.Conditions with { SkipOnMetered = v } }),
        SettingOption<BackupOptions>.Number("retries.times", "--retries", "How often a backup is tried again after a failure that may pass; 0: never.",
            (o, v) => o with { Retries = o.Retries with { Times = v } }),
        SettingOption<BackupOptions>.Number("retries.firstAfterMinutes", "--retry-after", "Minutes before the first further try.",
            (o, v) => o with { Retries = o.Retries with { FirstAfterMinutes = v } }),
        .. ResourceSettings.All.Select(s => s.Within<BackupOptions>("resources", o => o.Resources, (o, v) => o with { Resources = v })),
    ];
}
