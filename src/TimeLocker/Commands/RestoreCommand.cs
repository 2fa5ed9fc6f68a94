using System.CommandLine;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

internal static class RestoreCommand
{
    public static Command Build()
    {
        var snapshot = new Option<string?>("--snapshot") { Help = Texts.SnapshotIdOrBeginning };
        var at = new Option<DateTimeOffset?>("--at") { Help = Texts.NewestSnapshotAt };
        var plan = new Option<string?>("--plan") { Help = Texts.NewestSnapshotOfPlan }.Offering("plans.list");
        var path = new Option<string[]>("--path") { Help = Texts.WhatToRestore };
        var target = new Option<string?>("--target") { Help = Texts.NewFolder };
        var machine = new Option<string?>("--machine")
        {
            Help = Texts.MachineToRestoreTo,
        }.Offering("machines.list");
        var inPlace = new Option<bool>("--in-place") { Help = Texts.RestoreToOriginalPlace };
        var confirm = new Option<string?>("--confirm") { Help = Texts.MachinesHostNameForInPlace };
        var overwrite = Choice.Option<OverwriteMode>("--overwrite", Texts.WhenFilesAreReplaced);
        var replace = new Option<string[]>("--replace")
        {
            Help = Texts.ReplacedPlaces,
        };
        var verify = new Option<bool?>("--verify")
        {
            Help = Texts.ReadBackWhatWasWritten,
            Arity = ArgumentArity.ZeroOrOne,
        };
        var dryRun = new Option<bool>("--dry-run") { Help = Texts.SayWhatWouldBeRestored };
        return new TextCommand("restore", Texts.RestoresFromSnapshotOrMoment)
        {
            CommonArguments.Repository, snapshot, at, plan, path, machine, target, inPlace, confirm, overwrite, replace,
                verify, dryRun, CommonArguments.NoWait,
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
