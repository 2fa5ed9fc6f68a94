using TimeLocker.Core;

namespace TimeLocker.Server.Retention;

/// <summary>Why the clock is not to be trusted now, or null. Nothing is marked or forgotten by a wrong clock.</summary>
public delegate Problem? ClockDoubt();
