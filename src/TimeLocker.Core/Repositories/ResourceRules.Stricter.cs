namespace TimeLocker.Core.Repositories;

/// <summary>Two sets of rules as one, and what rules may look like.</summary>
public sealed partial record ResourceRules
{
    private const int MostWindows = 40, LeastPack = 4, MostPack = 128, MostAtOnce = 64;

    private static readonly DayOfWeek[] Week = Enum.GetValues<DayOfWeek>();
    private static readonly DayOfWeek[] NoDays = [];

    /// <summary>At every moment and for every resource the stricter of two.</summary>
    public static ResourceRules Stricter(ResourceRules a, ResourceRules b) => new()
    {
        Upload = Least(a.Upload, b.Upload),
        Download = Least(a.Download, b.Download),
        Windows = a.Windows.Count == 0 && b.Windows.Count == 0 ? []
            : [.. Week.SelectMany(day => Merged(day, a, b)).GroupBy(w => w with { Days = NoDays }, w => w.Days[0])
                .Select(same => same.Key with { Days = [.. same] })],
        Priority = (Priority)Math.Max((int)a.Priority, (int)b.Priority),
        ReadConcurrency = Least(a.ReadConcurrency, b.ReadConcurrency),
        PackSize = Least(a.PackSize, b.PackSize),
        Processors = Least(a.Processors, b.Processors),
    };

    /// <summary>The smaller of two limits, of which 0 is none.</summary>
    internal static int Least(int a, int b) => a == 0 ? b : b == 0 ? a : Math.Min(a, b);

    /// <exception cref="ProblemException">of kind Invalid.</exception>
    public ResourceRules Checked()
    {
        if (Upload < 0 || Download < 0 || Windows.Any(w => w.Upload < 0 || w.Download < 0))
        {
            throw ProblemException.Invalid(Problems.SpeedLimitCannotNegative);
        }

        if (Windows.Any(w => w.Days.Count == 0 || w.Days.Any(d => !Enum.IsDefined(d))))
        {
            throw ProblemException.Invalid(Problems.LineTimetableNoDay);
        }

        if (Windows.Count > MostWindows)
        {
            throw ProblemException.Invalid(Problems.TimetableTooLongLines(Windows.Count, MostWindows));
        }

        if (PackSize is not 0 and (< LeastPack or > MostPack))
        {
            throw ProblemException.Invalid(Problems.PackSizeCannotUsed(LeastPack, MostPack));
        }

        return ReadConcurrency is >= 0 and <= MostAtOnce && Processors is >= 0 and <= 1024 && Enum.IsDefined(Priority)
            ? this
            : throw ProblemException.Invalid(Problems.RulesResourcesCannotUsed(MostAtOnce));
    }

    // A day cut at every edge of both timetables, and at the ends of what began the day before.
    private static IEnumerable<LimitWindow> Merged(DayOfWeek day, ResourceRules a, ResourceRules b)
    {
        var someDate = new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddDays((int)day); // a Sunday
        TimeOnly[] edges = [.. a.Windows.Concat(b.Windows).SelectMany(w => (TimeOnly[])[w.From, w.To])
            .Append(TimeOnly.MinValue).Distinct().Order()];
        var plain = Limits.Stricter(new(a.Upload, a.Download), new(b.Upload, b.Download));
        for (var i = 0; i < edges.Length; i++)
        {
            var local = someDate + edges[i].ToTimeSpan();
            var limits = Limits.Stricter(a.AtLocal(local), b.AtLocal(local));
            if (limits != plain)
            {
                yield return new LimitWindow([day], edges[i], i + 1 < edges.Length ? edges[i + 1] : TimeOnly.MinValue,
                    limits.Upload, limits.Download);
            }
        }
    }
}
