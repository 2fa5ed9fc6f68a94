using System.Runtime.CompilerServices;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Triggers;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Triggers;

/// <summary>A backup of another plan (or of this one, for a check or retention) is over.</summary>
public sealed class AfterPlanTrigger(RunFeed feed, TimeProvider clock) : IEventTrigger
{
    public const string Name = "after-plan";
    private const string Succeeded = "succeeded", Ended = "ended";

    public string Kind => Name;
    public Text Title => Texts.AfterPlanTitle;
    public Text Help => Texts.AfterPlanHelp;
    public IReadOnlyList<Field> Fields { get; } =
    [
        new("plan", Texts.AfterPlanPlan)
        {
            Required = true,
            Editor = FieldEditor.Plan,
            Help = Texts.PlanHelp,
            Rule = value => Guid.TryParse(value, out _) ? null : Texts.NotIdPlan,
        },
        new("when", Texts.AfterPlanWhen, FieldType.Choice) { Choices = [Succeeded, Ended], Default = Succeeded },
    ];

    public async IAsyncEnumerable<Firing> WatchAsync(FieldValues values, [EnumeratorCancellation] CancellationToken ct)
    {
        var (plan, always) = (Guid.Parse(values["plan"]), values["when"] == Ended);
        using var watch = feed.Watch();
        await foreach (var run in watch.ReadAsync(ct))
        {
            if (run is { HasEnded: true, IsBackup: true, Outcome: not (RunOutcome.Missed or RunOutcome.Skipped) }
                && run.PlanId == plan && (always || run.Outcome == RunOutcome.Succeeded))
            {
                yield return new(run.EndedAt ?? clock.GetUtcNow(),
                    Texts.BackupSucceeded(run.Title, run.Outcome == RunOutcome.Succeeded))
                { Later = true };
            }
        }
    }
}
