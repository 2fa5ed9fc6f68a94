using System.CommandLine;

namespace TimeLocker.Commands;

internal static class PlansCommand
{
    public static Command Build() => new Command("plans", "Lists the plans; makes one.") { Create(), Duplicate(), WhenCommands.Upcoming(), WhenCommands.Pause(), WhenCommands.Resume(), WhenCommands.Schedule() }.Remote(async (_, client, output, ct) =>
    {
        output.Table(await client.CallAsync("plans.list", null, ct),
            ("ID", p => p["id"]?.ToString()),
            ("Name", p => p["name"]?.ToString()),
            ("Sources", p => string.Join(", ", p["sources"]!.AsArray())),
            ("Last", p => p["lastOutcome"]?.ToString() ?? "never ran"),
            ("Last success", p => Names.Time(p["lastSuccessAt"])));
        return Exit.Ok;
    });

    private static Command Duplicate()
    {
        var name = new Argument<string>("name") { Description = "Name or id." };
        var to = new Option<string?>("--as") { Description = "The name of the new one." };
        return new Command("duplicate", "Makes a plan like this one.") { name, to }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("plans.duplicate", new { id = await Names.PlanAsync(client, parsed.GetValue(name)!, ct), name = parsed.GetValue(to) }, ct);
            if (output.Json)
            {
                output.Value(answer);
            }

            output.Line($"Made “{answer!["name"]}” ({answer["id"]}).");
            return Exit.Ok;
        });
    }

    private static Command Create()
    {
        var name = new Argument<string>("name") { Description = "What you will call it." };
        var repository = new Option<string>("--repository") { Description = "Name or id.", Required = true };
        var source = new Option<string[]>("--source") { Description = "A folder or file to save; may be repeated.", Required = true };
        var exclude = new Option<string[]>("--exclude") { Description = "A restic pattern to leave out; may be repeated." };
        var preset = new Option<string[]>("--preset") { Description = "Exclude presets: caches, build, trash, temporary, machines." };
        var tag = new Option<string[]>("--tag") { Description = "A tag for its snapshots; may be repeated." };
        return new Command("create", "Makes a plan: for example create Documents --repository NAS --source ~/Documents --schedule \"30 20 * * *\"") { name, repository, source, exclude, preset, tag, WhenCommands.Cron, WhenCommands.Zone, WhenCommands.Delay, WhenCommands.Target }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("plans.create", new
            {
                name = parsed.GetValue(name),
                repositoryId = await Names.RepositoryAsync(client, parsed.GetValue(repository)!, ct),
                sources = parsed.GetValue(source)!.Select(Path.GetFullPath).ToArray(),
                excludes = parsed.GetValue(exclude) ?? [],
                excludePresets = parsed.GetValue(preset) ?? [],
                tags = parsed.GetValue(tag) ?? [],
                schedules = WhenCommands.Schedules(parsed),
                targetHours = parsed.GetValue(WhenCommands.Target),
            }, ct);
            if (output.Json)
            {
                output.Value(answer);
            }

            output.Line($"Made “{answer!["name"]}” ({answer["id"]}). Run it with: timelocker backup “{answer["name"]}”");
            return Exit.Ok;
        });
    }
}
