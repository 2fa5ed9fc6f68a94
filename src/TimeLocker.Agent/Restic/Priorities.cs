using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Platform;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;

namespace TimeLocker.Agent.Restic;

/// <summary>
/// restic's share of the processor and the disk. It is started through nice and ionice, which become it: no process
/// more. Where one is missing it goes without.
/// </summary>
internal static class Priorities
{
    /// <summary>Those of the two programs that this machine does not have.</summary>
    public static IReadOnlyList<string> Missing => [.. ((string[])["nice", "ionice"]).Where(name => !Programs.IsThere(name))];

    /// <param name="path">Where to look for the two; null: where every program is looked for.</param>
    public static ChildCommand Apply(ChildCommand command, ResourceRules rules, string? path = null)
    {
        var priority = rules.Priority;
        if (rules.Processors > 0)
        {
            command = command with
            {
                Environment = new Dictionary<string,
                string>(command.Environment)
                {
                    ["GOMAXPROCS"] = rules.Processors.ToString(System.Globalization.CultureInfo.InvariantCulture)
                }
            };
        }

        string[] before = priority == Priority.Normal ? [] :
        [
            .. Programs.IsThere("nice", path) ? (string[])["nice", "-n", priority == Priority.Idle ? "19" : "10"] : [],
            .. Programs.IsThere("ionice", path)
                ? (string[])["ionice", .. priority == Priority.Idle ? (string[])["-c", "3"] : ["-c", "2", "-n", "7"]]
                : [],
        ];
        return before.Length == 0 ? command
            : command with { Program = before[0], Arguments = [.. before[1..], command.Program, .. command.Arguments] };
    }
}
