using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;

namespace TimeLocker.Core.Repositories;

/// <summary>What the upkeep of a repository may look like. Answers with the cleaned values or a problem.</summary>
public static class CareRules
{
    /// <param name="name">Of the repository.</param>
    /// <param name="copies">Ids of the copies of this repository.</param>
    public static List<CareSchedule> Checked(IReadOnlyList<CareSchedule> given, string name, bool appendOnly, IReadOnlyCollection<Guid> copies)
    {
        if (given.Count > ScheduleRules.MostSchedules)
        {
            throw ProblemException.Invalid($"{given.Count} schedules are too many.", $"There may be {ScheduleRules.MostSchedules} at the most.", "Remove some.");
        }

        return [.. given.Select(care => Checked(care, name, appendOnly, copies))];
    }

    private static CareSchedule Checked(CareSchedule care, string name, bool appendOnly, IReadOnlyCollection<Guid> copies)
    {
        var when = ScheduleRules.Checked(care.When);
        switch (care.Kind)
        {
            case RunKind.Check when Enum.IsDefined(care.Depth):
                return new(RunKind.Check, when) { Depth = care.Depth };
            case RunKind.Stats:
                return new(RunKind.Stats, when);
            case RunKind.Prune when appendOnly:
                throw new ProblemException(ProblemKind.Conflict, $"Nothing can be removed from “{name}”.",
                    "Its server takes new data but lets nothing be removed (append-only).",
                    "Prune it where the storage is, with an account that may remove.");
            case RunKind.Prune when care.MaxUnused is null or (>= 0 and <= 100) && care.MaxRepackMiB is null or >= 0:
                return new(RunKind.Prune, when) { MaxUnused = care.MaxUnused, MaxRepackMiB = care.MaxRepackMiB, AfterRemovals = care.AfterRemovals };
            case RunKind.Prune:
                throw ProblemException.Invalid("This limit makes no sense.", "Unused data is a share from 0 to 100 percent, and what is stored anew cannot be less than nothing.", "Correct it, or leave it out.");
            case RunKind.Copy when copies.Count > 0 && (care.CopyTo is not { } to || copies.Contains(to)):
                return new(RunKind.Copy, when) { CopyTo = care.CopyTo };
            case RunKind.Copy:
                throw new ProblemException(ProblemKind.Conflict, "There is nothing to copy to.",
                    copies.Count == 0 ? $"“{name}” has no copy." : $"That repository is not a copy of “{name}”.",
                    "Add a repository as a copy of it first.");
            default:
                throw ProblemException.Invalid($"“{care.Kind}” is not a kind of upkeep.", "What happens to a repository by itself is check, prune, copy or stats.", "Choose one of them.");
        }
    }
}
