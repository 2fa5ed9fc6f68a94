using TimeLocker.Core.Plans;

namespace TimeLocker.Server.Plans;

/// <summary>What a plan does besides saving folders, while it is being typed: a program as the source, further tries, when it is left out. Its hooks pass through.</summary>
public sealed class AroundDraft
{
    private IReadOnlyList<Hook> hooks = [];

    /// <summary>The program whose output is saved; empty: folders are.</summary>
    public string Program { get; set; } = "";
    public string Path { get; set; } = "";
    public int Times { get; set; } = RetryRules.Usual.Times;
    public int FirstAfter { get; set; } = RetryRules.Usual.FirstAfterMinutes;
    public bool NotOnBattery { get; set; }
    public bool NotOnMetered { get; set; }

    public static AroundDraft Of(NewPlan plan) => new()
    {
        hooks = plan.Hooks,
        Program = plan.Command?.File ?? "",
        Path = plan.Command?.Path ?? "",
        Times = (plan.Retries ?? RetryRules.Usual).Times,
        FirstAfter = (plan.Retries ?? RetryRules.Usual).FirstAfterMinutes,
        NotOnBattery = plan.Conditions?.SkipOnBattery ?? false,
        NotOnMetered = plan.Conditions?.SkipOnMetered ?? false,
    };

    public NewPlan In(NewPlan plan) => plan with
    {
        Hooks = hooks,
        Command = Program.Length == 0 ? null : new CommandSource(Program, Path),
        Retries = new RetryRules { Times = Times, FirstAfterMinutes = FirstAfter },
        Conditions = new RunConditions { SkipOnBattery = NotOnBattery, SkipOnMetered = NotOnMetered },
    };
}
