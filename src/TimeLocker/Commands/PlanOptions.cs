using System.CommandLine;
using System.Text.Json;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Api;
using TimeLocker.Server.Plans;

namespace TimeLocker.Commands;

/// <summary>
/// A plan as options: its folders, when it runs, and <see cref="PlanSettings"/>. What it keeps and its events have
/// commands of their own.
/// </summary>
internal static class PlanOptions
{
    private static readonly Option<string[]> Sources = new("--source") { Help = Texts.FolderOrFileToSave };

    // Words for members of the API.
    private static readonly Dictionary<string, string> Clearable = typeof(BackupOptions).GetProperties()
        .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name))
        .Concat(["schedules", "targetHours"]).ToDictionary(member => member switch
        {
            "excludePresets" => "presets",
            "windows" => "hours",
            "command" => "dump",
            "targetHours" => "target",
            _ => Choice.Word(member),
        });

    private static readonly Option<string[]> Clear = Choice.Several("--clear", Texts.ResetsSettingFirst, [.. Clearable.Keys]);

    public static Command WithPlan(this Command command)
    {
        foreach (var option in (Option[])[Sources, ScheduleCommands.Cron, ScheduleCommands.Zone, ScheduleCommands.Delay,
            ScheduleCommands.Target])
        {
            command.Add(option);
        }

        return command.With(PlanSettings.All);
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
        var (folders, program) = (parsed.GetValue(Sources) is { Length: > 0 } given ? given : null,
            parsed.GetValue<string?>(PlanSettings.Program));
        return plan with
        {
            Sources = folders is not null ? [.. folders.Select(Path.GetFullPath)] : program is null ? plan.Sources : [],
            Schedules = ScheduleCommands.Schedules(parsed) is { Length: > 0 } schedules ? schedules : plan.Schedules,
            TargetHours = parsed.GetValue(ScheduleCommands.Target) ?? plan.TargetHours,
            Options = PlanSettings.All.Read(parsed, folders is null ? plan.Options : plan.Options with { Command = null }),
        };
    }

    // What a plan does not say is as usual.
    private static NewPlan Cleared(NewPlan plan, string[] words)
    {
        var all = JsonSerializer.SerializeToNode(plan, ApiJson.Options)!.AsObject();
        foreach (var word in words)
        {
            all.Remove(Clearable[word]);
        }

        return all.Deserialize<NewPlan>(ApiJson.Options)!;
    }
}
