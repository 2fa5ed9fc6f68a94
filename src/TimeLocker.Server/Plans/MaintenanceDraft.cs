using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;

namespace TimeLocker.Server.Plans;

/// <summary>The maintenance of a repository while it is being typed.</summary>
public sealed class MaintenanceDraft
{
    public List<Line> Lines { get; } = [];

    /// <summary>One kind of maintenance and when it happens.</summary>
    public sealed class Line
    {
        public required RunKind Kind { get; init; }
        public required ScheduleDraft.Line When { get; init; }
        public CheckDepth Depth { get; set; } = CheckDepth.Part;
        public int? MaxUnused { get; set; }
        public long? MaxRepackMiB { get; set; }
        public bool AfterRemovals { get; set; }
        public Guid? CopyTo { get; init; }

        internal static Line Of(MaintenanceSchedule c) =>
            new()
            {
                Kind = c.Kind,
                When = ScheduleDraft.Line.Of(c.When),
                Depth = c.Depth,
                MaxUnused = c.MaxUnused,
                MaxRepackMiB = c.MaxRepackMiB,
                AfterRemovals = c.AfterRemovals,
                CopyTo = c.CopyTo,
            };

        public MaintenanceSchedule Wanted => new(Kind, When.Schedule)
        {
            Depth = Kind == RunKind.Check ? Depth : default,
            MaxUnused = MaxUnused,
            MaxRepackMiB = MaxRepackMiB,
            AfterRemovals = AfterRemovals,
            CopyTo = CopyTo,
        };
    }

    public IReadOnlyList<MaintenanceSchedule> Wanted => [.. Lines.Select(l => l.Wanted)];

    public static MaintenanceDraft Of(IReadOnlyList<MaintenanceSchedule> schedules)
    {
        var draft = new MaintenanceDraft();
        draft.Lines.AddRange(schedules.Select(Line.Of));
        return draft;
    }

    /// <summary>What is sensible for most.</summary>
    public void Add(RunKind kind, string zone) => Lines.Add(Line.Of(kind switch
    {
        RunKind.Check => UsualMaintenance.Check(zone),
        RunKind.Prune => UsualMaintenance.Prune(zone),
        RunKind.Copy => new(kind, new("0 5 * * *", zone)),
        _ => new(kind, new("0 1 * * *", zone)),
    }));
}
