namespace TimeLocker.Tests.Doubles;

/// <summary>A clock that stands until it is moved.</summary>
/// <param name="timers">Whether timers obey it, too: they ring when it passes them, in their order. Else they are real.</param>
public sealed class FakeClock(DateTimeOffset? start = null, bool timers = false) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Bell> bells = [];
    private DateTimeOffset now = start ?? new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan slept;

    /// <summary>The server's zone; null: that of this computer.</summary>
    public TimeZoneInfo? Zone { get; init; }

    public override TimeZoneInfo LocalTimeZone => Zone ?? base.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => now;

    public override long TimestampFrequency => timers ? TimeSpan.TicksPerSecond : base.TimestampFrequency;

    public override long GetTimestamp() => timers ? (now - slept).UtcTicks : base.GetTimestamp();

    /// <summary>Somebody waits for this very moment.</summary>
    public bool Rings(DateTimeOffset at)
    {
        lock (gate)
        {
            return bells.Any(b => b.Due == at);
        }
    }

    /// <summary>Both pass: the time of day and the time that timers count.</summary>
    public void Advance(TimeSpan by)
    {
        var until = now + by;
        while (Next(until) is { } bell)
        {
            now = bell.Due > now ? bell.Due : now;
            bell.Ring();
        }

        now = until;
    }

    /// <summary>
    /// The computer sleeps, or somebody sets the clock: the time of day is another one, and no timer has noticed.
    /// </summary>
    public void Jump(TimeSpan by)
    {
        lock (gate)
        {
            now += by;
            slept += by;
            bells.ForEach(b => b.Due += by);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (!timers)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var bell = new Bell(this, () => callback(state));
        bell.Change(dueTime, period);
        return bell;
    }

    private Bell? Next(DateTimeOffset until)
    {
        lock (gate)
        {
            return bells.Where(b => b.Due <= until).MinBy(b => b.Due);
        }
    }

    private sealed class Bell(FakeClock clock, Action ring) : ITimer
    {
        private TimeSpan every;

        public DateTimeOffset Due { get; set; }

        public void Ring()
        {
            lock (clock.gate)
            {
                if (every > TimeSpan.Zero)
                {
                    Due += every;
                }
                else
                {
                    clock.bells.Remove(this);
                }
            }

            ring();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.bells.Remove(this);
                every = period;
                if (dueTime == TimeSpan.Zero && period == Timeout.InfiniteTimeSpan)
                {
                    ThreadPool.QueueUserWorkItem(_ => ring()); // as with a real clock: nobody has to move it
                }
                else if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock.now + dueTime;
                    clock.bells.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.bells.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
