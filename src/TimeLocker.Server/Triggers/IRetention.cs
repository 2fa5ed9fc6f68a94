using TimeLocker.Core;

namespace TimeLocker.Server.Triggers;

/// <summary>What retention does for a plan. The room Retention, which stands above this one, knows how.</summary>
public interface IRetention
{
    /// <summary>Marks what the plan's policy no longer keeps; marked snapshots are removed when their days are over.</summary>
    Task ApplyAsync(Guid plan, Text why, Actor who, CancellationToken ct);
}
