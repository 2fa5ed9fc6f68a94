using TimeLocker.Core.Repositories;

namespace TimeLocker.Server.Repositories;

/// <summary>Rules for resources while they are being typed; speeds in MiB a second, as people think of them.</summary>
public sealed class ResourceDraft
{
    private const int Kibi = 1024;

    public decimal Upload { get; set; }
    public decimal Download { get; set; }
    public List<Line> Windows { get; private init; } = [];
    public Priority Priority { get; set; }
    public int ReadConcurrency { get; set; }
    public int PackSize { get; set; }
    public int Processors { get; set; }

    /// <summary>A line of the timetable.</summary>
    public sealed class Line
    {
        public HashSet<DayOfWeek> Days { get; init; } = [];
        public TimeOnly From { get; set; } = new(8, 0);
        public TimeOnly To { get; set; } = new(18, 0);
        public decimal Upload { get; set; }
        public decimal Download { get; set; }
    }

    /// <summary>Monday first.</summary>
    public static IReadOnlyList<DayOfWeek> Week { get; } = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday,
        DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    /// <summary>Office hours, which most people mean.</summary>
    public void AddLine() => Windows.Add(new Line { Days = [.. Week.Take(5)], Upload = 1 });

    public static ResourceDraft Of(ResourceRules rules) => new()
    {
        Upload = Mebi(rules.Upload),
        Download = Mebi(rules.Download),
        Windows = [.. rules.Windows.Select(w => new Line
        {
            Days = [.. w.Days],
            From = w.From,
            To = w.To,
            Upload = Mebi(w.Upload),
            Download = Mebi(w.Download),
        })],
        Priority = rules.Priority,
        ReadConcurrency = rules.ReadConcurrency,
        PackSize = rules.PackSize,
        Processors = rules.Processors,
    };

    public ResourceRules Wanted => new()
    {
        Upload = Kib(Upload),
        Download = Kib(Download),
        Windows = [.. Windows.Select(w => new LimitWindow([.. Week.Where(w.Days.Contains)], w.From, w.To, Kib(w.Upload),
            Kib(w.Download)))],
        Priority = Priority,
        ReadConcurrency = ReadConcurrency,
        PackSize = PackSize,
        Processors = Processors,
    };

    private static decimal Mebi(int kib) => decimal.Round((decimal)kib / Kibi, 3);

    // A limit that is not nothing is never rounded to none.
    private static int Kib(decimal mebi) =>
        (int)Math.Clamp(mebi is > 0 and < 1m / Kibi ? 1 : decimal.Round(mebi * Kibi), -1, int.MaxValue);
}
