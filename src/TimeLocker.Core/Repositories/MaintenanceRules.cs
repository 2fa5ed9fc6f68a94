using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Repositories;

/// <summary>What the maintenance of a repository may look like. Answers with the cleaned values or a problem.</summary>
public static class MaintenanceRules
{
    /// <param name="name">Of the repository.</param>
    /// <param name="copies">Ids of the copies of this repository.</param>
    public static List<MaintenanceSchedule> Checked(IReadOnlyList<MaintenanceSchedule> given, string name, bool appendOnly, IReadOnlyCollection<Guid> copies)
    {
        if (given.Count > ScheduleRules.MostSchedules)
        {
            throw ProblemException.Invalid($"{given.Count} schedules are too many.", $"There may be {ScheduleRules.MostSchedules} at the most.", "Remove some.");
        }

        return [.. given.Select(schedule => Checked(schedule, name, appendOnly, copies))];
    }

    private static MaintenanceSchedule Checked(MaintenanceSchedule schedule, string name, bool appendOnly, IReadOnlyCollection<Guid> copies)
    {
        var when = ScheduleRules.Checked(schedule.When);
        switch (schedule.Kind)
        {
            case RunKind.Check when Enum.IsDefined(schedule.Depth):
                return new(RunKind.Check, when) { Depth = schedule.Depth };
            case RunKind.Stats:
                return new(RunKind.Stats, when);
            case RunKind.Prune when appendOnly:
                throw new ProblemException(ProblemKind.Conflict, $"Nothing can be removed from “{name}”.",
                    "Its server takes new data but lets nothing be removed (append-only).",
                    "Prune it where the storage is, with an account that may remove.");
            case RunKind.Prune when schedule.MaxUnused is null or (>= 0 and <= 100) && schedule.MaxRepackMiB is null or >= 0:
                return new(RunKind.Prune, when) { MaxUnused = schedule.MaxUnused, MaxRepackMiB = schedule.MaxRepackMiB, AfterRemovals = schedule.AfterRemovals };
            case RunKind.Prune:
                throw ProblemException.Invalid("This limit makes no sense.", "Unused data is a share from 0 to 100 percent, and what is stored anew cannot be less than nothing.", "Correct it, or leave it out.");
            case RunKind.Copy when copies.Count > 0 && (schedule.CopyTo is not { } to || copies.Contains(to)):
                return new(RunKind.Copy, when) { CopyTo = schedule.CopyTo };
            case RunKind.Copy:
                throw new ProblemException(ProblemKind.Conflict, "There is nothing to copy to.",
                    copies.Count == 0 ? $"“{name}” has no copy." : $"That repository is not a copy of “{name}”.",
                    "Add a repository as a copy of it first.");
            default:
                throw ProblemException.Invalid($"“{schedule.Kind}” is not a kind of maintenance.", "What happens to a repository by itself is check, prune, copy or stats.", "Choose one of them.");
        }
    }
}
