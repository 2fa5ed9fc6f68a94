using TimeLocker.Agent.Hooks;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;

namespace TimeLocker.Agent.Journal;

/// <summary>
/// How far a run's hooks are. Written before each step, so that after a restart none is forgotten and none runs twice.
/// </summary>
internal sealed record HookProgress
{
    public IReadOnlyList<HookStep> Steps { get; init; } = [];

    /// <summary>How the run ended, before the hooks after it; null: it is not there yet.</summary>
    public RunEnded? Ended { get; init; }

    /// <summary>What the checks said, for a run whose facts were never written.</summary>
    public IReadOnlyList<RunCheck> Checks { get; init; } = [];
}

/// <summary>One start of a hook.</summary>
/// <param name="Hook">Its place in <see cref="BackupOptions.Hooks"/>.</param>
internal sealed record HookStep(int Hook, DateTimeOffset At)
{
    /// <summary>Null while it runs.</summary>
    public HookEnd? End { get; init; }
}

/// <param name="Exit">Null: it was killed and left no code.</param>
/// <param name="Said">Its first and last lines, without secrets.</param>
internal sealed record HookEnd(int? Exit, bool TimedOut, IReadOnlyList<string> Said)
{
    public bool Good => Exit == 0 && !TimedOut;
}
