using TimeLocker.Core.Extensions;

namespace TimeLocker.Core.Triggers;

/// <summary>A kind of event that people can choose, described. Whoever sees it happen keeps the rest.</summary>
/// <param name="Help">What it waits for, in a sentence.</param>
public sealed record TriggerKind(string Kind, Text Title, Text Help, IReadOnlyList<Field> Fields) : IExtension
{
    /// <summary>The machine that sees it; null: TimeLocker itself does.</summary>
    public Guid? MachineId { get; init; }

    public static TriggerKind Of(IEventTrigger trigger) => new(trigger.Kind, trigger.Title, trigger.Help, trigger.Fields);
}
