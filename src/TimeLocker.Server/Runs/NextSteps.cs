using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Runs;

/// <summary>A button and where it leads, within the dashboard.</summary>
public sealed record NextPlace(Text Button, string Link);

/// <summary>
/// Where the next step after a failure is made. Known by the check that failed, or by what the problem itself says; no
/// sentence is compared.
/// </summary>
public static class NextSteps
{
    // See RunCheck.Name.
    private static readonly Dictionary<string, NextStep> ByCheck = new()
    {
        ["sources"] = NextStep.EditPlan,
        ["command"] = NextStep.EditPlan,
        [RunCheck.Shrunken] = NextStep.EditPlan,
        ["space"] = NextStep.FreeSpace,
        ["lock"] = NextStep.Unlock,
        ["mount"] = NextStep.TestConnection,
        ["access"] = NextStep.TestConnection,
        ["identity"] = NextStep.TestConnection,
        ["credentials"] = NextStep.EnterPassword,
    };

    /// <param name="who">Null: whoever may do it.</param>
    public static NextPlace? Of(Run run, Actor? who = null)
    {
        var step = run switch
        {
            { Outcome: null or RunOutcome.Succeeded or RunOutcome.Cancelled } => NextStep.None,
            { Problem.Step: not NextStep.None and var said } => said,
            _ => run.Checks.Where(c => c.Level == CheckLevel.Failed).Select(c => ByCheck.GetValueOrDefault(c.Name))
                .FirstOrDefault(),
        };
        var place = $"/repositories/{run.RepositoryId}";
        return step switch
        {
            NextStep.EditPlan when run.PlanId is { } plan && May(Role.Operator) => new(Texts.EditPlan, $"/plans/{plan}/edit"),
            NextStep.Unlock when May(Role.Operator) => new(Texts.Unlock, $"{place}/maintenance"),
            NextStep.FreeSpace when May(Role.Admin) => new(Texts.FreeSpace, $"{place}/maintenance"),
            NextStep.EnterPassword when May(Role.Admin) => new(Texts.EnterPassword, $"{place}/connection"),
            NextStep.TestConnection when May(Role.Admin) => new(Texts.TestConnection, $"{place}/connection"),
            NextStep.ConfirmClock when May(Role.Admin) => new(Texts.ConfirmClock, "/#clock"),
            NextStep.Repair when May(Role.Operator) => new(Texts.Repair, $"{place}/repair"),
            _ => null,
        };

        bool May(Role needed) => who is null || who.Is(needed);
    }
}
