using TimeLocker.Agent.Restic;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether a low priority can be given.</summary>
internal sealed class PriorityCheck : ICheck
{
    public string Name => "priority";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct) => (run.Spec.Resources.Priority, Priorities.Missing) switch
    {
        (Priority.Normal, _) => Finding.Nothing,
        (_, { Count: > 0 } missing) => Finding.Warning($"A low priority was asked for, but {string.Join(" and ", missing)} cannot be found on this machine: restic runs without."),
        (Priority.Low, _) => new Finding("restic runs with low priority."),
        _ => new Finding("restic runs only while the machine is idle."),
    };
}
