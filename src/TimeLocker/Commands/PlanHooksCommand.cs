using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Server.Plans;

namespace TimeLocker.Commands;

/// <summary>The programs that run around a plan's backup.</summary>
internal static class PlanHooksCommand
{
    public static Command Build() => new TextCommand("hooks", Texts.AboutPlanHooks)
    {
        CommonArguments.Plan, Add(), Remove(),
    }.Remote(async (parsed, client, output, ct) => Show(
        await client.CallAsync("plans.get", new { id = await CommonArguments.PlanAsync(parsed, client, ct) }, ct),
        output)).Also("list", Texts.ListsHooksOfPlan);

    private static Command Add()
    {
        var program = new Argument<string>("program") { Help = Texts.FileNameOfHook };
        var when = Choice.Option<HookMoment>("--when", Texts.WhenItRuns);
        when.Required = true;
        var limit = new Option<int>("--limit")
        {
            Help = Texts.SecondsThatItMayTake,
            DefaultValueFactory = _ => new Hook(HookMoment.Before, "").LimitSeconds,
        };
        var failure = Choice.Option<HookFailure>("--on-failure", Texts.WhatToDoOnFailure);
        return new TextCommand("add", Texts.LetsProgramRunAroundBackup)
        {
            CommonArguments.Plan, program, when, limit, failure,
        }.Remote(async (parsed, client, output, ct) =>
            Show(await PlansCommand.ChangeAsync(parsed, client, plan => With(plan,
            [
                .. plan.Options.Hooks,
                new Hook(parsed.GetValue(when)!.Value, parsed.GetValue(program)!)
                {
                    LimitSeconds = parsed.GetValue(limit),
                    OnFailure = parsed.GetValue(failure) ?? HookFailure.Stop,
                },
            ]), ct), output));
    }

    private static Command Remove()
    {
        var number = new Argument<int>("number") { Help = Texts.NumberInList };
        return new TextCommand("remove", Texts.RemovesProgramFromPlan) { CommonArguments.Plan,
            number }.Remote(async (parsed, client, output, ct) =>
            Show(
                await PlansCommand.ChangeAsync(parsed, client,
                    plan => With(plan, Without(plan.Options.Hooks, parsed.GetValue(number), "program")),
                    ct),
                output));
    }

    private static NewPlan With(NewPlan plan, IReadOnlyList<Hook> hooks) =>
        plan with { Options = plan.Options with { Hooks = hooks } };

    /// <summary>A list without the one of this number, which people count from 1.</summary>
    internal static List<T> Without<T>(IReadOnlyList<T> all, int number, string noun) => number >= 1 && number <= all.Count
        ? [.. all.Where((_, at) => at != number - 1)]
        : throw new ProblemException(ProblemKind.NotFound, Texts.NoneOfThatNumber(noun, number),
            all.Count == 0 ? Texts.PlanHasNone : Texts.PlanHas(all.Count),
            Texts.SeeListPlan);

    private static int Show(JsonNode? plan, Output output)
    {
        var numbered = new JsonArray([.. plan!["hooks"]!.AsArray().Select((hook, at) =>
        {
            var line = hook!.DeepClone();
            line["number"] = at + 1;
            return line;
        })]);
        return output.Table(numbered,
            (Texts.ColumnNumber, h => h["number"]?.ToString()),
            (Texts.ColumnWhen, h => h["when"]?.ToString()),
            (Texts.ColumnProgram, h => h["file"]?.ToString()),
            (Texts.ColumnLimit, h => $"{h["limitSeconds"]} s"),
            (Texts.ColumnOnFailure, h => h["onFailure"]?.ToString()));
    }
}
