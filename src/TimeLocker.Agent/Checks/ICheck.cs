using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Agent.Checks;

/// <summary>One thing that is looked at before a run.</summary>
internal interface ICheck
{
    /// <summary>See <see cref="RunCheck.Name"/>.</summary>
    string Name { get; }

    /// <returns>What it found, or null where there is nothing to look at.</returns>
    /// <exception cref="ProblemException">The run must not start.</exception>
    Task<Finding?> LookAsync(Inspection run, CancellationToken ct);
}

internal sealed record Finding(Text Text, CheckLevel Level = CheckLevel.Ok)
{
    /// <summary>The run is left out for this reason: it is no failure, and nothing on the machine is touched.</summary>
    public Problem? Skip { get; init; }

    public static Finding NotNow(Text text, Problem why) => new(text, CheckLevel.Warning) { Skip = why };

    public static Finding Warning(Text text) => new(text, CheckLevel.Warning);

    public static implicit operator Task<Finding?>(Finding finding) => Task.FromResult<Finding?>(finding);

    public static Task<Finding?> Nothing { get; } = Task.FromResult<Finding?>(null);
}
