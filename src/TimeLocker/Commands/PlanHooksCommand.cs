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
    public static Command Build() => new Command("hooks",
            "Lists the programs that run around a plan's backup; adds and removes one.")
    {
        CommonArguments.Plan, Add(), Remove(),
    }.Remote(async (parsed, client, output, ct) => Show(
        await client.CallAsync("plans.get", new { id = await CommonArguments.PlanAsync(parsed, client, ct) }, ct),
        output)).Also("list");

    private static Command Add()
    {
        var program = new Argument<string>("program") { Description = "Its file name in the hook folder; see “timelocker hooks”." };
        var when = Choice.Option<HookMoment>("--when", "When it runs.");
        when.Required = true;
        var limit = new Option<int>("--limit")
        {
            Description = "Seconds that it may take.",
            DefaultValueFactory = _ => new Hook(HookMoment.Before, "").LimitSeconds,
        };
        var failure = Choice.Option<HookFailure>("--on-failure", "What to do when it fails. Default: stop.");
        return new Command("add", "Lets a program run around the backup: for example add Documents stop-database --when before")
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
        var number = new Argument<int>("number") { Description = "Its number in the list." };
        return new Command("remove", "Removes a program from a plan; its file stays.") { CommonArguments.Plan, number }.Remote(async (parsed, client, output, ct) =>
            Show(
                await PlansCommand.ChangeAsync(parsed, client,
                    plan => With(plan, Without(plan.Options.Hooks, parsed.GetValue(number), "program")),
                    ct),
                output));
    }

    private static NewPlan With(NewPlan plan, IReadOnlyList<Hook> hooks) => plan with { Options = plan.Options with { Hooks = hooks } };

    /// <summary>A list without the one of this number, which people count from 1.</summary>
    internal static List<T> Without<T>(IReadOnlyList<T> all, int number, string noun) => number >= 1 && number <= all.Count
        ? [.. all.Where((_, at) => at != number - 1)]
        : throw new ProblemException(ProblemKind.NotFound, Texts.No(noun, number),
            all.Count == 0 ? Texts.PlanNone : Texts.Plan(all.Count),
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
            ("Number", h => h["number"]?.ToString()),
            ("When", h => h["when"]?.ToString()),
            ("Program", h => h["file"]?.ToString()),
            ("Limit", h => $"{h["limitSeconds"]} s"),
            ("Its failure", h => h["onFailure"]?.ToString()));
    }
}
