using System.CommandLine;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Plans;

namespace TimeLocker.Commands;

/// <summary>The settings of a plan as options. What it keeps, its events and its programs have commands of their own.</summary>
internal static class PlanOptions
{
    private enum Answer { Yes, No }

    private enum Part { Excludes, Presets, ExcludeIfPresent, Tags, Schedules, Hours, Target, Resources, Dump }

    private static readonly Option<string[]> Sources = new("--source") { Description = "A folder or file to save; may be repeated." };
    private static readonly Option<string[]> Excludes = new("--exclude") { Description = "A restic pattern to leave out; may be repeated." };
    private static readonly Option<string[]> Presets =
        new("--preset") { Description = "Patterns that come with TimeLocker, see “plans presets”; may be repeated." };
    private static readonly Option<string[]> IfPresent =
        new("--exclude-if-present") { Description = "Leave out folders that hold a file of this name; may be repeated." };
    private static readonly Option<Answer?> Caches = Choice.Option<Answer>("--exclude-caches", "Leave out folders that are marked as caches (CACHEDIR.TAG).");
    private static readonly Option<Answer?> OneFileSystem = Choice.Option<Answer>("--one-file-system", "Stay on the file systems of the sources.");
    private static readonly Option<string[]> Tags = new("--tag") { Description = "A tag for its snapshots; may be repeated." };
    private static readonly Option<Compression?> Compressed = Choice.Option<Compression>("--compression", "How hard restic compresses.");
    private static readonly Option<string?> Dump =
        new("--dump-program") { Description = "Save what this program of the hook folder prints, instead of files." };
    private static readonly Option<string?> DumpPath = new("--dump-path") { Description = "Under which path the snapshot shows it (/dumps/shop.sql)." };
    private static readonly Option<string[]> Allowed =
        new("--only-at") { Description = $"Hours at which it may begin by itself, {Hours.Example}; may be repeated." };
    private static readonly Option<string[]> Blocked = new("--not-at") { Description = "Hours at which it may not; may be repeated." };
    private static readonly Option<Answer?> OnBattery = Choice.Option<Answer>("--skip-on-battery", "Skip a backup while the machine runs on battery.");
    private static readonly Option<Answer?> OnMetered = Choice.Option<Answer>("--skip-on-metered", "Skip a backup while the network is metered.");
    private static readonly Option<int?> Retries =
        new("--retries") { Description = "How often a backup is tried again after a failure that may pass; 0: never." };
    private static readonly Option<int?> RetryAfter = new("--retry-after") { Description = "Minutes before the first further try." };
    private static readonly Option<Part[]> Clear = Choice.Several<Part>("--clear", "Empty this setting first.");

    public static Command WithPlan(this Command command)
    {
        Option[] all =
        [
            Sources, Excludes, Presets, IfPresent, Caches, OneFileSystem, Tags, Compressed, Dump, DumpPath, WhenCommands.Cron, WhenCommands.Zone,
            WhenCommands.Delay, WhenCommands.Target, Allowed, Blocked, OnBattery, OnMetered, Retries, RetryAfter,
        ];
        foreach (var option in all)
        {
            command.Add(option);
        }

        return command.WithResources();
    }

    /// <summary>For a plan that there is.</summary>
    public static Command WithClear(this Command command)
    {
        command.Add(Clear);
        return command;
    }

    /// <summary>The plan before, with what was given in its place; lists are taken as a whole.</summary>
    public static NewPlan Read(ParseResult parsed, NewPlan plan)
    {
        plan = Cleared(plan, parsed.GetValue(Clear) ?? []);
        var (sources, dump) = (parsed.GetValue(Sources), parsed.GetValue(Dump));
        var (conditions, retries, windows) = (plan.Conditions ?? RunConditions.None, plan.Retries ?? RetryRules.Usual, plan.Windows ?? PlanWindows.Always);
        return plan with
        {
            Sources = sources is { Length: > 0 } ? [.. sources.Select(Path.GetFullPath)] : dump is null ? plan.Sources : [],
            Command = dump is not null || parsed.GetValue(DumpPath) is not null
                ? new(dump ?? plan.Command?.File ?? "", parsed.GetValue(DumpPath) ?? plan.Command?.Path ?? "")
                : sources is { Length: > 0 } ? null
                : plan.Command,
            Excludes = List(parsed, Excludes, plan.Excludes),
            ExcludePresets = List(parsed, Presets, plan.ExcludePresets),
            ExcludeIfPresent = List(parsed, IfPresent, plan.ExcludeIfPresent),
            ExcludeCaches = Is(parsed, Caches, plan.ExcludeCaches),
            OneFileSystem = Is(parsed, OneFileSystem, plan.OneFileSystem),
            Tags = List(parsed, Tags, plan.Tags),
            Compression = parsed.GetValue(Compressed) ?? plan.Compression,
            Schedules = WhenCommands.Schedules(parsed) is { Length: > 0 } schedules ? schedules : plan.Schedules,
            TargetHours = parsed.GetValue(WhenCommands.Target) ?? plan.TargetHours,
            Windows = new([.. Windows(parsed, Allowed, windows.Allowed)], [.. Windows(parsed, Blocked, windows.Blocked)]),
            Conditions = conditions with
            {
                SkipOnBattery = Is(parsed, OnBattery, conditions.SkipOnBattery),
                SkipOnMetered = Is(parsed, OnMetered, conditions.SkipOnMetered),
            },
            Retries = retries with
            {
                Times = parsed.GetValue(Retries) ?? retries.Times,
                FirstAfterMinutes = parsed.GetValue(RetryAfter) ?? retries.FirstAfterMinutes,
            },
            Resources = ResourceOptions.Read(parsed, plan.Resources ?? ResourceRules.None),
        };
    }

    private static NewPlan Cleared(NewPlan plan, IReadOnlyList<Part> parts) => parts.Aggregate(plan, (left, part) => part switch
    {
        Part.Excludes => left with { Excludes = [] },
        Part.Presets => left with { ExcludePresets = [] },
        Part.ExcludeIfPresent => left with { ExcludeIfPresent = [] },
        Part.Tags => left with { Tags = [] },
        Part.Schedules => left with { Schedules = [] },
        Part.Hours => left with { Windows = null },
        Part.Target => left with { TargetHours = null },
        Part.Resources => left with { Resources = null },
        _ => left with { Command = null },
    });

    private static IReadOnlyList<string> List(ParseResult parsed, Option<string[]> option, IReadOnlyList<string> before) =>
        parsed.GetValue(option) is { Length: > 0 } given ? given : before;

    private static bool Is(ParseResult parsed, Option<Answer?> option, bool before) => parsed.GetValue(option) is { } answer ? answer == Answer.Yes : before;

    private static IReadOnlyList<Core.TimeWindow> Windows(
        ParseResult parsed, Option<string[]> option, IReadOnlyList<Core.TimeWindow> before) =>
        parsed.GetValue(option) is { Length: > 0 } given ? [.. given.Select(Hours.Read)] : before;
}
