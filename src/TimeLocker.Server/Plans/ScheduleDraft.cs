using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Schedules;
using TimeLocker.Server.Repositories;

namespace TimeLocker.Server.Plans;

/// <summary>
/// When something happens by itself, while it is being typed. Zone and delay are those of all its lines, unless each
/// has its own.
/// </summary>
public sealed class ScheduleDraft
{
    public const string Own = "Own";
    private const int UsualDelay = 30, UsualTarget = 48;

    private static readonly int[] Delays = [0, 5, 15, 30, 60, 120, 240];

    /// <summary>The delays to choose from, with the one that is set.</summary>
    public static IEnumerable<int> DelaysWith(int now) => Delays.Append(now).Distinct().Order();

    private string zone = "UTC";
    private int delay;
    private bool apart;

    public List<Line> Lines { get; } = [];
    public List<Hours> Windows { get; } = [];
    public int? TargetHours { get; set; }

    public string Zone
    {
        get => zone;
        set
        {
            zone = value;
            Lines.ForEach(l => l.Zone = value);
        }
    }

    public int Delay
    {
        get => delay;
        set
        {
            delay = value;
            Lines.ForEach(l => l.Delay = value);
        }
    }

    /// <summary>Each line has a zone and a delay of its own.</summary>
    public bool Apart
    {
        get => apart;
        set
        {
            apart = value;
            if (!value)
            {
                (Zone, Delay) = (zone, delay);
            }
        }
    }

    /// <summary>One schedule: a rhythm, or a cron line of one's own.</summary>
    public sealed class Line
    {
        /// <summary>Name of a <see cref="Core.Schedules.Rhythm"/>, or <see cref="Own"/>.</summary>
        public string Rhythm { get; set; } = nameof(Core.Schedules.Rhythm.Daily);
        public TimeOnly At { get; set; } = SchedulePreset.Usual.At;
        public HashSet<DayOfWeek> Days { get; init; } = [DayOfWeek.Monday];
        public int Day { get; set; } = 1;
        public string Cron { get; set; } = SchedulePreset.Usual.Cron;
        public string Zone { get; set; } = "UTC";
        public int Delay { get; set; }

        public Schedule Schedule =>
            new(Enum.TryParse<Rhythm>(Rhythm, out var rhythm) ? new SchedulePreset(rhythm, At, [.. Days], Day).Cron
                : Cron, Zone)
            { DelayMinutes = Delay };

        public static Line Of(Schedule schedule)
        {
            var line = SchedulePreset.Of(schedule.Cron) is { } preset
                ? new Line
                {
                    Rhythm = preset.Rhythm.ToString(),
                    At = preset.At,
                    Days = preset.Days.Count > 0 ? [.. preset.Days] : [DayOfWeek.Monday],
                    Day = preset.Day,
                }
                : new Line { Rhythm = Own };
            (line.Cron, line.Zone, line.Delay) = (schedule.Cron, schedule.Zone, schedule.DelayMinutes);
            return line;
        }
    }

    /// <summary>Hours in which it may begin, or may not.</summary>
    public sealed class Hours
    {
        public HashSet<DayOfWeek> Days { get; init; } = [.. ResourceDraft.Week];
        public TimeOnly From { get; set; } = new(20, 0);
        public TimeOnly To { get; set; } = new(6, 0);
        public bool Blocked { get; set; }
    }

    public IReadOnlyList<Schedule> Schedules => [.. Lines.Select(l => l.Schedule)];

    public PlanWindows Wanted =>
        new([.. Windows.Where(w => !w.Blocked).Select(Window)], [.. Windows.Where(w => w.Blocked).Select(Window)]);

    /// <summary>What most people want: every day in the evening, and to hear of it when two went by without.</summary>
    public static ScheduleDraft Evening(string zone)
    {
        var draft = new ScheduleDraft { Zone = zone, delay = UsualDelay, TargetHours = UsualTarget };
        draft.Add();
        return draft;
    }

    /// <param name="server">The zone where no schedule has one.</param>
    public static ScheduleDraft Of(IReadOnlyList<Schedule> schedules, PlanWindows windows, int? target, string server)
    {
        var draft = new ScheduleDraft
        {
            zone = schedules is [var first, ..] ? first.Zone : server,
            delay = schedules is [var one, ..] ? one.DelayMinutes : 0,
            TargetHours = target,
        };
        draft.Lines.AddRange(schedules.Select(Line.Of));
        draft.apart = draft.Lines.Any(l => l.Zone != draft.zone || l.Delay != draft.delay);
        draft.Windows.AddRange(windows.Allowed.Select(w => Typed(w, false)).Concat(windows.Blocked.Select(w => Typed(w, true))));
        return draft;
    }

    public void Add() => Lines.Add(new Line { Zone = zone, Delay = delay });

    private static Hours Typed(TimeWindow window, bool blocked) =>
        new() { Days = [.. window.Days], From = window.From, To = window.To, Blocked = blocked };

    private static TimeWindow Window(Hours hours) => new([.. ResourceDraft.Week.Where(hours.Days.Contains)], hours.From, hours.To);
}
