using System.CommandLine;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

internal static class BackupCommand
{
    public static Command Build()
    {
        var mode = Choice.Option<BackupMode>("--mode", Texts.BackupModes);
        var dryRun = new Option<bool>("--dry-run") { Help = Texts.SayWhatWouldBeAdded };
        var path = new Option<string[]>("--path") { Help = Texts.SourceOfPlanForPartialBackup };
        var shrunk = new Option<bool>("--even-if-shrunk")
        {
            Help = Texts.EvenIfSourcesShrunk,
        };
        var tag = new Option<string[]>("--tag") { Help = Texts.TagForThisSnapshot };
        var timer = new Option<bool>("--from-timer") { Help = Texts.CalledByTimer };
        return new TextCommand("backup", Texts.RunsPlan)
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
