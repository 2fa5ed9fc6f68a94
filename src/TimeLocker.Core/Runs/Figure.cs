namespace TimeLocker.Core.Runs;

/// <summary>One figure of a run's result, as its page shows it.</summary>
public sealed record Figure(Text Label, long Value, bool IsBytes = false)
{
    public static Figure Bytes(Text label, long value) => new(label, value, IsBytes: true);
}
