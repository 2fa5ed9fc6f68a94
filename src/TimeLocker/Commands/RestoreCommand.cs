using System.CommandLine;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

internal static class RestoreCommand
{
    public static Command Build()
    {
        var snapshot = new Option<string?>("--snapshot") { Description = "Snapshot id, or its beginning." };
        var at = new Option<DateTimeOffset?>("--at") { Description = "A moment: the newest snapshot not later than it." };
        var plan = new Option<string?>("--plan") { Description = "With --at: only snapshots of this plan." }.Offering("plans.list");
        var path = new Option<string[]>("--path") { Description = "What to restore; may be repeated. Without it: everything." };
        var target = new Option<string?>("--target") { Description = "A new folder. Without it one is made and named." };
        var machine = new Option<string?>("--machine")
        {
            Description = "To which machine (name or id). Without it: the one that looks after the repository.",
        }.Offering("machines.list");
        var inPlace = new Option<bool>("--in-place") { Description = "Restore to the original place; needs --confirm." };
        var confirm = new Option<string?>("--confirm") { Description = "The machine's host name, for --in-place." };
        var overwrite = Choice.Option<OverwriteMode>("--overwrite", "When files that are already there are replaced. Without it: never.");
        var replace = new Option<string[]>("--replace")
        {
            Description = "With --in-place and --overwrite if-changed or always: a place, named by the dry run, "
                + "where something of another kind lies and goes all the same; may be repeated.",
        };
        var verify = new Option<bool?>("--verify")
        {
            Description = "Read back what was written and compare. With --in-place it is done unless --verify false.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be restored, and write nothing." };
        return new Command("restore", "Restores from a snapshot or a moment, and shows how it goes.")
        {
            CommonArguments.Repository, snapshot, at, plan, path, machine, target, inPlace, confirm, overwrite, replace, verify, dryRun, CommonArguments.NoWait,
        }.Remote(async (parsed, client, output, ct) =>
            await RunDisplay.StartAsync(client, "restores.create", new
            {
                repositoryId = await CommonArguments.RepositoryAsync(parsed, client, ct),
                snapshot = parsed.GetValue(snapshot),
                at = parsed.GetValue(at),
                planId = parsed.GetValue(plan) is { } name ? await Names.PlanAsync(client, name, ct) : null,
                paths = parsed.GetValue(path) ?? [],
                machineId = parsed.GetValue(machine) is { } there ? await Names.MachineAsync(client, there, ct) : null,
                target = parsed.GetValue(target) is { } folder ? Path.GetFullPath(folder) : null,
                inPlace = parsed.GetValue(inPlace),
                confirm = parsed.GetValue(confirm),
                overwrite = parsed.GetValue(overwrite) ?? OverwriteMode.Never,
                replace = parsed.GetValue(replace) ?? [],
                verify = parsed.GetResult(verify) is null ? null : (bool?)(parsed.GetValue(verify) ?? true),
                dryRun = parsed.GetValue(dryRun),
            }, parsed, output, ct));
    }
}
