using System.CommandLine;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

internal static class RestoreCommand
{
    public static Command Build()
    {
        var repository = new Argument<string>("repository") { Description = "Name or id." };
        var snapshot = new Option<string?>("--snapshot") { Description = "Snapshot id, or its beginning." };
        var at = new Option<DateTimeOffset?>("--at") { Description = "A moment: the newest snapshot not later than it." };
        var plan = new Option<string?>("--plan") { Description = "With --at: only snapshots of this plan." };
        var path = new Option<string[]>("--path") { Description = "What to restore; may be repeated. Without it: everything." };
        var target = new Option<string?>("--target") { Description = "A new folder. Without it one is made and named." };
        var inPlace = new Option<bool>("--in-place") { Description = "To where the files came from; needs --confirm." };
        var confirm = new Option<string?>("--confirm") { Description = "The machine's host name, for --in-place." };
        var overwrite = new Option<OverwriteMode>("--overwrite") { Description = "never, ifChanged, ifNewer or always." };
        var verify = new Option<bool>("--verify") { Description = "Read back what was written and compare." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would happen." };
        return new Command("restore", "Restores from a snapshot or a moment, and shows how it goes.") { repository, snapshot, at, plan, path, target, inPlace, confirm, overwrite, verify, dryRun }.Remote(async (parsed, client, output, ct) =>
        {
            var run = await client.CallAsync("restores.create", new
            {
                repositoryId = await Names.RepositoryAsync(client, parsed.GetValue(repository)!, ct),
                snapshot = parsed.GetValue(snapshot),
                at = parsed.GetValue(at),
                planId = parsed.GetValue(plan) is { } name ? await Names.PlanAsync(client, name, ct) : null,
                paths = parsed.GetValue(path) ?? [],
                target = parsed.GetValue(target) is { } folder ? Path.GetFullPath(folder) : null,
                inPlace = parsed.GetValue(inPlace),
                confirm = parsed.GetValue(confirm),
                overwrite = parsed.GetValue(overwrite),
                verify = parsed.GetValue(verify),
                dryRun = parsed.GetValue(dryRun),
            }, ct);
            return await RunWatch.FollowAsync(client, run!["id"]!.ToString(), output, ct);
        });
    }
}
