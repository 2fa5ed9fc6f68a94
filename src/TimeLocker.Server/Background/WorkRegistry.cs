using Microsoft.Extensions.Logging;

namespace TimeLocker.Server.Background;

/// <summary>All work in the background, whoever rings it, and how it goes.</summary>
public sealed class WorkRegistry(TimeProvider clock, ILogger<WorkRegistry> log)
{
    private readonly Lock gate = new();
    private IReadOnlyList<WorkRunner> all = [];

    public IReadOnlyList<WorkRunner> All => all;

    /// <summary>One of them has another state.</summary>
    public event Action? Changed;

    public IReadOnlyList<WorkState> States => [.. all.Select(w => w.State).OrderBy(s => s.Name, StringComparer.Ordinal)];

    public WorkRunner? Find(string name) => all.FirstOrDefault(w => w.Name == name);

    /// <summary>What should have been done by now, and is not.</summary>
    public IReadOnlyList<WorkState> StandingStill(DateTimeOffset now) =>
        [.. all.Where(w => w.StandsStill(now)).Select(w => w.State)];

    internal WorkRunner Add(IBackgroundWork work)
    {
        var attended = new WorkRunner(work, clock, log);
        attended.Changed += () => Changed?.Invoke();
        lock (gate)
        {
            all = [.. all, attended];
        }

        return attended;
    }
}
