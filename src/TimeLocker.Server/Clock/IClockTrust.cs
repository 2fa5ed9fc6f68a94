using TimeLocker.Core;

namespace TimeLocker.Server.Clock;

/// <summary>Whether the wall clock can be right. Nothing is marked or forgotten by a wrong one.</summary>
public interface IClockTrust
{
    /// <summary>Why it is not trusted now, or null.</summary>
    Problem? Doubt { get; }
}
