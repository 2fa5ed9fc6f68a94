using System.CommandLine;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

internal static class BackupCommand
{
    public static Command Build()
    {
        var mode = Choice.Option<BackupMode>("--mode",
            "full reads every file again; partial takes the sources given with --path; dry-run is --dry-run. "
                + "Without it: incremental.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be added, and add nothing." };
        var path = new Option<string[]>("--path") { Description = "A source of the plan, for a partial backup; may be repeated." };
        var shrunk = new Option<bool>("--even-if-shrunk")
        {
            Description = "Also when sources lost most of their files since the last snapshot, or all that it had is left out now.",
        };
        var tag = new Option<string[]>("--tag") { Description = "A tag for this snapshot, beside those of the plan; may be repeated." };
        var timer = new Option<bool>("--from-timer") { Description = "For timers that “timelocker timers install” made: answers the plan's slot that is due." };
        return new Command("backup", "Runs a plan now and shows how it goes. Exit 0 succeeded, 3 incomplete, 1 failed, 130 cancelled.")
        {
            CommonArguments.Plan, mode, dryRun, path, tag, shrunk, CommonArguments.NoWait, timer,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var (paths, wanted) = (parsed.GetValue(path) ?? [], parsed.GetValue(mode));
            if (parsed.GetValue(dryRun) && wanted is not (null or BackupMode.DryRun))
            {
                throw ProblemException.Invalid(Problems.SaysTwoThingsDry);
            }

            var chosen = parsed.GetValue(dryRun)
                ? BackupMode.DryRun
                : wanted is null or BackupMode.Incremental
                    ? paths.Length > 0 ? BackupMode.Partial : BackupMode.Incremental
                    : wanted;
            var id = await CommonArguments.PlanAsync(parsed, client, ct);
            return parsed.GetValue(timer)
                ? await RunDisplay.StartAsync(client, "plans.timer-run", new { id }, parsed, output, ct)
                : await RunDisplay.StartAsync(client, "plans.run",
                    new { id, mode = chosen, paths, evenIfShrunk = parsed.GetValue(shrunk), tags = parsed.GetValue(tag) ?? [] },
                    parsed, output, ct);
        });
    }
}
