namespace TimeLocker.Core.Runs;

/// <summary>One figure of a run's result, as its page shows it.</summary>
public sealed record Figure(string Label, long Value, bool IsBytes = false)
{
    public static Figure Bytes(string label, long value) => new(label, value, IsBytes: true);
}
