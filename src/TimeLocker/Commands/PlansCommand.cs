using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Api;
using TimeLocker.Server.Plans;

namespace TimeLocker.Commands;

internal static class PlansCommand
{
    public static Command Build() => new TextCommand("plans", Texts.AboutPlans)
    {
        Create(), Show(), Edit(), Rename(), Duplicate(), Archive(), Presets(), PlanHooksCommand.Build(),
        ScheduleCommands.Upcoming(), ScheduleCommands.Pause(), ScheduleCommands.Resume(), ScheduleCommands.Schedule(),
    }.Remote(async (_, client, output, ct) =>
    {
        var plans = await client.CallAsync("plans.list", null, ct);
        var places = output.Json
            ? []
            : (await client.CallAsync("repositories.list", null, ct))!["items"]!.AsArray()
                .ToDictionary(r => r!["id"]!.ToString(), r => r!["name"]!.ToString());
        var next = new Dictionary<string, string>();
        foreach (var plan in output.Json ? [] : plans!["items"]!.AsArray().OfType<JsonNode>())
        {
            next[plan["id"]!.ToString()] = await NextAsync(client, plan, ct);
        }

        return output.Table(plans,
            (Texts.ColumnId, p => p["id"]?.ToString()),
            (Texts.ColumnName, p => p["name"]?.ToString()),
            (Texts.ColumnSources, p => p["command"] is { } dump
                ? Texts.WhatProgramPrints(TextArgument.Of(dump["file"]))
                : string.Join(", ", p["sources"]!.AsArray())),
            (Texts.ColumnRepository, p => places.GetValueOrDefault(p["repositoryId"]!.ToString())),
            (Texts.ColumnLast, p => p["lastOutcome"]?.ToString() ?? Texts.NeverRan),
            (Names.When(Texts.ColumnLastSuccess), p => Names.Time(p["lastSuccessAt"])),
            (Names.When(Texts.ColumnNextRun), p => next[p["id"]!.ToString()]));
    }).Also("list", Texts.ListsPlans);

    private static async Task<string> NextAsync(RpcClient client, JsonNode plan, CancellationToken ct)
    {
        try
        {
            return await WhenAsync(client, plan, ct);
        }
        catch (ProblemException e) when (e.Kind == ProblemKind.NotFound)
        {
            return ""; // archived meanwhile, or a damaged row
        }
    }

    private static async Task<string> WhenAsync(RpcClient client, JsonNode plan, CancellationToken ct) =>
        (await client.CallAsync("plans.upcoming", new { id = plan["id"], count = 1 },
            ct))!["items"]!.AsArray() is [{ } at, ..] ? Names.Time(at)
        : plan["pausedUntil"] is not null ? Texts.PlanIsPaused
        : plan["schedules"]!.AsArray().Count == 0 && plan["triggers"]!.AsArray().Count == 0 ? Texts.WhenStartedByHand
        : plan["schedules"]!.AsArray().Count == 0 ? Texts.AtEvent
        : "";

    private static Command Show() => new TextCommand("show", Texts.PrintsPlanWithAllItsSettings)
    {
        CommonArguments.Plan,
    }.Remote(async (parsed, client, output, ct) =>
    {
        output.Value(await client.CallAsync("plans.get", new { id = await CommonArguments.PlanAsync(parsed, client, ct) }, ct));
        return Exit.Ok;
    });

    private static Command Create()
    {
        var name = new Argument<string>("name") { Help = Texts.NameYouChoose };
        var repository = new Option<string>("--repository")
        {
            Help = Texts.NameOrId,
            Required = true,
        }.Offering("repositories.list");
        var machine = new Option<string?>("--machine")
        {
            Help = Texts.MachineOfFiles,
        }.Offering("machines.list");
        return new TextCommand("create", Texts.MakesPlan)
        {
            name, repository, machine,
        }.WithPlan().Remote(async (parsed, client, output, ct) =>
        {
            var plan = PlanOptions.Read(parsed, new NewPlan
            {
                Name = parsed.GetValue(name),
                RepositoryId = Guid.Parse(await Names.RepositoryAsync(client, parsed.GetValue(repository)!, ct)),
                MachineId = parsed.GetValue(machine) is { } given ? Guid.Parse(await Names.MachineAsync(client, given, ct)) : null,
            });
            var answer = await client.CallAsync("plans.create", plan, ct);
            return output.Say(answer, Texts.PlanMade(TextArgument.Of(answer!["name"]), TextArgument.Of(answer["id"])));
        });
    }

    private static Command Edit()
    {
        var name = new Option<string?>("--name") { Help = Texts.AnotherName };
        return new TextCommand("edit", Texts.ChangesPlan)
        {
            CommonArguments.Plan, name,
        }.WithPlan().WithClear().Remote(async (parsed, client, output, ct) =>
        {
            var answer = await ChangeAsync(parsed, client,
                plan => PlanOptions.Read(parsed, plan) with { Name = parsed.GetValue(name) ?? plan.Name }, ct);
            return output.Say(answer, Texts.Changed(TextArgument.Of(answer["name"])));
        });
    }

    private static Command Rename()
    {
        var to = new Argument<string>("name") { Help = Texts.ItsNewName };
        return new TextCommand("rename", Texts.GivesPlanAnotherName)
        {
            CommonArguments.Plan, to,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await ChangeAsync(parsed, client, plan => plan with { Name = parsed.GetValue(to) }, ct);
            return output.Say(answer, Texts.CalledNow(TextArgument.Of(answer["name"])));
        });
    }

    private static Command Duplicate()
    {
        var to = new Option<string?>("--as") { Help = Texts.NameOfNewPlan };
        return new TextCommand("duplicate", Texts.MakesPlanLikeThisOne)
        {
            CommonArguments.Plan, to,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("plans.duplicate",
                new { id = await CommonArguments.PlanAsync(parsed, client, ct), name = parsed.GetValue(to) }, ct);
            return output.Say(answer, Texts.PlanDuplicated(TextArgument.Of(answer!["name"]), TextArgument.Of(answer["id"])));
        });
    }

    private static Command Archive() => new TextCommand("archive", Texts.RetiresPlanForGood)
    {
        CommonArguments.Plan,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var id = await CommonArguments.PlanAsync(parsed, client, ct);
        await client.CallAsync("plans.archive", new { id }, ct);
        return output.Say(new { id, archived = true }, Texts.PlanArchived);
    });

    private static Command Presets() => new TextCommand("presets", Texts.ListsPresets)
        .Remote(async (_, client, output, ct) =>
            output.Table(await client.CallAsync("plans.presets", null, ct),
                (Texts.ColumnPreset, p => p["name"]?.ToString()),
                (Texts.ColumnPatterns, p => string.Join(", ", p["patterns"]!.AsArray()))));

    /// <summary>Reads a plan, lets it be changed, and writes it as a whole.</summary>
    internal static async Task<JsonNode> ChangeAsync(ParseResult parsed, RpcClient client,
        Func<NewPlan, NewPlan> change, CancellationToken ct)
    {
        var id = await CommonArguments.PlanAsync(parsed, client, ct);
        var plan = await client.CallAsync<BackupPlan>("plans.get", new { id }, ct);
        var wanted = JsonSerializer.SerializeToNode(change(NewPlan.From(plan)) with { Revision = plan.Revision }, ApiJson.Options)!;
        wanted["id"] = id;
        return (await client.CallAsync("plans.update", wanted, ct))!;
    }
}
