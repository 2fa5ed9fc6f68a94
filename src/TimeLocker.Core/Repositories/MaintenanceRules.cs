using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Repositories;

/// <summary>What the maintenance of a repository may look like. Answers with the cleaned values or a problem.</summary>
public static class MaintenanceRules
{
    /// <param name="name">Of the repository.</param>
    /// <param name="copies">Ids of the copies of this repository.</param>
    public static List<MaintenanceSchedule> Checked(IReadOnlyList<MaintenanceSchedule> given, string name,
        bool appendOnly, IReadOnlyCollection<Guid> copies)
    {
        if (given.Count > ScheduleRules.MostSchedules)
        {
            throw ProblemException.Invalid(Problems.SchedulesTooManyMay(given.Count, ScheduleRules.MostSchedules));
        }

        return [.. given.Select(schedule => Checked(schedule, name, appendOnly, copies))];
    }

    private static MaintenanceSchedule Checked(MaintenanceSchedule schedule, string name, bool appendOnly,
        IReadOnlyCollection<Guid> copies)
    {
        var when = ScheduleRules.Checked(schedule.When);
        switch (schedule.Kind)
        {
            case RunKind.Check when Enum.IsDefined(schedule.Depth):
                return new(RunKind.Check, when) { Depth = schedule.Depth };
            case RunKind.Stats:
                return new(RunKind.Stats, when);
            case RunKind.Prune when appendOnly:
                throw new ProblemException(ProblemKind.Conflict, Problems.NothingCanRemovedFrom(name));
            case RunKind.Prune when schedule.MaxUnused is null or (>= 0 and <= 100) && schedule.MaxRepackMiB is null or >= 0:
                return new(RunKind.Prune, when)
                {
                    MaxUnused = schedule.MaxUnused,
                    MaxRepackMiB = schedule.MaxRepackMiB,
                    AfterRemovals = schedule.AfterRemovals,
                };
            case RunKind.Prune:
                throw ProblemException.Invalid(Problems.LimitMakesNoSense);
            case RunKind.Copy when copies.Count > 0 && (schedule.CopyTo is not { } to || copies.Contains(to)):
                return new(RunKind.Copy, when) { CopyTo = schedule.CopyTo };
            case RunKind.Copy:
                throw new ProblemException(ProblemKind.Conflict, Texts.NothingCopy,
                    copies.Count == 0 ? Texts.NoCopy(name) : Texts.RepositoryNotCopy(name),
                    Texts.AddRepositoryCopyFirst);
            default:
                throw ProblemException.Invalid(Problems.NotKindMaintenanceWhat(TextArgument.Of(schedule.Kind)));
        }
    }
}
