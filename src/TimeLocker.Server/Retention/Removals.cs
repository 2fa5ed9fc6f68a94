using TimeLocker.Core;
using TimeLocker.Server.Background;
using TimeLocker.Server.Runs;

namespace TimeLocker.Server.Retention;

/// <summary>Looks when a run has ended, when something was marked, and when a time of waiting is over.</summary>
public sealed class Removals(RemovalDesk removals, RetentionDesk desk, RunFeed feed, TimeProvider clock) : IBackgroundWork
{
    public string Name => "removals";

    public Text Does => Texts.RemovalsDoes;

    public DateTimeOffset FirstAt { get; } = clock.GetUtcNow() + RetentionSweep.AfterStart;

    public void Begin(Action wake)
    {
        desk.Changed += wake;
        feed.Ended += wake;
    }

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        await removals.ForgetDueAsync(ct);
        var now = clock.GetUtcNow();
        // what is due and stays has a reason
        return await removals.NextAsync(ct) is not { } next ? null : next > now ? next : now.AddHours(1);
    }
}
