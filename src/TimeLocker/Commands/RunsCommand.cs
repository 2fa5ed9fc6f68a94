using System.CommandLine;

namespace TimeLocker.Commands;

internal static class RunsCommand
{
    public static Command Build()
    {
        var plan = new Option<string?>("--plan") { Description = "Only of this plan (name or id)." };
        var outcome = new Option<string?>("--outcome") { Description = "Only with this outcome." };
        var since = new Option<DateTimeOffset?>("--since") { Description = "Only queued at or after this moment." };
        var limit = new Option<int>("--limit") { Description = "How many at the most.", DefaultValueFactory = _ => 20 };
        var id = new Argument<string>("run") { Description = "Run id." };
        return new Command("runs", "Lists runs, newest first; shows, watches or cancels one.")
        {
            plan, outcome, since, limit,
            new Command("show", "Prints a run.") { id }.Remote(async (parsed, client, output, ct) => { output.Value(await client.CallAsync("runs.get", new { id = parsed.GetValue(id) }, ct)); return Exit.Ok; }),
            new Command("watch", "Shows a run until its end; the exit code is that of its outcome.") { id }.Remote((parsed, client, output, ct) => RunWatch.FollowAsync(client, parsed.GetValue(id)!, output, ct)),
            new Command("cancel", "Stops a run.") { id }.Remote(async (parsed, client, output, ct) => { output.Value(await client.CallAsync("runs.cancel", new { id = parsed.GetValue(id) }, ct)); return Exit.Ok; }),
        }.Remote(async (parsed, client, output, ct) =>
        {
            output.Table(await client.CallAsync("runs.list", new
            {
                plan = parsed.GetValue(plan) is { } name ? await Names.PlanAsync(client, name, ct) : null,
                outcome = parsed.GetValue(outcome),
                since = parsed.GetValue(since),
                limit = parsed.GetValue(limit),
            }, ct),
                ("ID", r => r["id"]?.ToString()),
                ("Queued", r => Names.Time(r["queuedAt"])),
                ("Kind", r => r["kind"]?.ToString()),
                ("Title", r => r["title"]?.ToString()),
                ("State", r => (r["outcome"] ?? r["state"])?.ToString()));
            return Exit.Ok;
        });
    }
}
