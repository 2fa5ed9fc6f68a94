using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Server.Triggers;

/// <summary>A trigger of a plan as it stands.</summary>
/// <param name="Watching">Somebody looks for it now.</param>
/// <param name="Says">How it is watched, or what was last left out and why; null: nothing to say.</param>
/// <param name="Trouble">Why it cannot be watched, or why what it started did not begin.</param>
/// <param name="StartsAt">It has happened, and its action begins then at the earliest.</param>
public sealed record TriggerState(PlanTrigger Trigger, Text Title, bool Watching, Text? Says, Problem? Trouble,
    DateTimeOffset? StartsAt);

/// <summary>The result of a call.</summary>
/// <param name="Runs">What began.</param>
/// <param name="StartsAt">What may not begin yet begins then, at the earliest.</param>
public sealed record Fired(IReadOnlyList<Run> Runs, DateTimeOffset? StartsAt);
