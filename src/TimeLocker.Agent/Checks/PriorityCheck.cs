using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Checks;

/// <summary>Whether a low priority can be given.</summary>
internal sealed class PriorityCheck : ICheck
{
    public string Name => "priority";

    public Task<Finding?> LookAsync(Inspection run, CancellationToken ct) =>
        (run.Spec.Resources.Priority, Priorities.Missing) switch
        {
            (Priority.Normal, _) => Finding.Nothing,
            (_, { Count: > 0 } missing) =>
                Finding.Warning(Texts.PriorityMissing(TextList.And([.. missing.Select(name => Text.Verbatim(name))]))),
            (Priority.Low, _) => new Finding(Texts.LowPriority),
            _ => new Finding(Texts.OnlyWhileIdle),
        };
}
