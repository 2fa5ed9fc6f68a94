using TimeLocker.Core;
using TimeLocker.Server.Clock;

namespace TimeLocker.Tests.Doubles;

/// <summary>A clock in doubt; null: a trusted one.</summary>
internal sealed record DoubtedClock(Problem? Doubt) : IClockTrust;
