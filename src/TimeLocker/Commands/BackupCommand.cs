using System.CommandLine;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

internal static class BackupCommand
{
    public static Command Build()
    {
        var plan = new Argument<string>("plan") { Description = "Name or id." };
        var mode = new Option<BackupMode>("--mode") { Description = "incremental, full (reads every file again), partial (with --path) or dryRun." };
        var path = new Option<string[]>("--path") { Description = "A source of the plan, for a partial backup; may be repeated." };
        var shrunk = new Option<bool>("--even-if-shrunk") { Description = "Also when the sources lost more than half of their files since the last snapshot." };
        var tag = new Option<string[]>("--tag") { Description = "A tag for this snapshot, beside those of the plan; may be repeated." };
        var noWait = new Option<bool>("--no-wait") { Description = "Print the run and leave; it goes on." };
        var timer = new Option<bool>("--from-timer") { Description = "For timers that “timelocker timers install” made: answers the plan's slot that is due." };
        return new Command("backup", "Runs a plan now and shows how it goes. Exit 0 succeeded, 3 some files unreadable, 1 failed, 130 cancelled.") { plan, mode, path, tag, shrunk, noWait, timer }.Remote(async (parsed, client, output, ct) =>
        {
            var paths = parsed.GetValue(path) ?? [];
            var chosen = paths.Length > 0 && parsed.GetValue(mode) == BackupMode.Incremental ? BackupMode.Partial : parsed.GetValue(mode);
            var id = await Names.PlanAsync(client, parsed.GetValue(plan)!, ct);
            var run = parsed.GetValue(timer)
                ? await client.CallAsync("plans.timer-run", new { id }, ct)
                : await client.CallAsync("plans.run", new { id, mode = chosen, paths, evenIfShrunk = parsed.GetValue(shrunk), tags = parsed.GetValue(tag) ?? [] }, ct);
            if (parsed.GetValue(noWait))
            {
                output.Value(run);
                return Exit.Ok;
            }

            return await RunWatch.FollowAsync(client, run!["id"]!.ToString(), output, ct);
        });
    }
}
