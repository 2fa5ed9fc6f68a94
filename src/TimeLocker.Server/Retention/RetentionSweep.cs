using TimeLocker.Core;
using TimeLocker.Server.Background;

namespace TimeLocker.Server.Retention;

/// <summary>The look of the day.</summary>
public sealed class RetentionSweep(RemovalDesk desk, TimeProvider clock) : IBackgroundWork
{
    /// <summary>A start has enough to do.</summary>
    internal static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(2);

    public string Name => "retention";

    public Text Does => Texts.RetentionSweepDoes;

    public DateTimeOffset FirstAt { get; } = clock.GetUtcNow() + AfterStart;

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        var next = clock.GetUtcNow().AddDays(1);
        await desk.SweepAsync(ct);
        return next;
    }
}
