using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Plans;

/// <summary>The upkeep of a repository while it is being typed.</summary>
public sealed class UpkeepDraft
{
    public List<Line> Lines { get; } = [];

    /// <summary>One kind of upkeep and when it happens.</summary>
    public sealed class Line
    {
        public required RunKind Kind { get; init; }
        public required WhenDraft.Line When { get; init; }
        public CheckDepth Depth { get; set; } = CheckDepth.Part;
        public int? MaxUnused { get; set; }
        public long? MaxRepackMiB { get; set; }
        public Guid? CopyTo { get; init; }

        public CareSchedule Wanted => new(Kind, When.Schedule) { Depth = Kind == RunKind.Check ? Depth : default, MaxUnused = MaxUnused, MaxRepackMiB = MaxRepackMiB, CopyTo = CopyTo };
    }

    public IReadOnlyList<CareSchedule> Wanted => [.. Lines.Select(l => l.Wanted)];

    public static UpkeepDraft Of(IReadOnlyList<CareSchedule> care)
    {
        var draft = new UpkeepDraft();
        draft.Lines.AddRange(care.Select(c => new Line { Kind = c.Kind, When = WhenDraft.Line.Of(c.When), Depth = c.Depth, MaxUnused = c.MaxUnused, MaxRepackMiB = c.MaxRepackMiB, CopyTo = c.CopyTo }));
        return draft;
    }

    /// <summary>What is sensible for most: on a weekend night, one kind after the other.</summary>
    public void Add(RunKind kind, string zone)
    {
        var (rhythm, hour) = kind switch { RunKind.Check => (Rhythm.Weekly, 2), RunKind.Prune => (Rhythm.Weekly, 4), RunKind.Copy => (Rhythm.Daily, 5), _ => (Rhythm.Daily, 1) };
        Lines.Add(new() { Kind = kind, When = new() { Rhythm = rhythm.ToString(), At = new(hour, 0), Days = [DayOfWeek.Sunday], Zone = zone } });
    }
}
