using System.CommandLine;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

internal static class RunsCommand
{
    private static readonly Argument<string> Id = new("run") { Description = "Run id." };

    public static Command Build()
    {
        var outcome = Choice.Option<RunOutcome>("--outcome", "Only with this outcome.");
        var since = new Option<DateTimeOffset?>("--since") { Description = "Only queued at or after this moment." };
        var limit = new Option<int>("--limit") { Description = "At most this many.", DefaultValueFactory = _ => 20 };
        return new Command("runs", "Lists runs, newest first; shows, watches or cancels one, its log and its issues.")
        {
            CommonArguments.OfPlan, outcome, since, limit, Show(), Watch(), Cancel(), Issues(), Log(),
        }.Remote(async (parsed, client, output, ct) =>
            output.Table(await client.CallAsync("runs.list", new
            {
                plan = await CommonArguments.OfPlanAsync(parsed, client, ct),
                outcome = parsed.GetValue(outcome),
                since = parsed.GetValue(since),
                limit = parsed.GetValue(limit),
            }, ct),
                ("ID", r => r["id"]?.ToString()),
                (Names.When("Queued"), r => Names.Time(r["queuedAt"])),
                ("Kind", r => r["kind"]?.ToString()),
                ("Title", r => r["title"]?.ToString()),
                ("State", RunOutputText.State))).Also("list");
    }

    private static Command Show() => Print("show", "Prints a run.", "runs.get");

    private static Command Cancel() => Print("cancel", "Stops a run.", "runs.cancel");

    private static Command Print(string name, string description, string operation) => new Command(name, description) { Id }
        .Remote(async (parsed, client, output, ct) =>
        {
            output.Value(await client.CallAsync(operation, new { id = parsed.GetValue(Id) }, ct));
            return Exit.Ok;
        });

    private static Command Watch() => new Command("watch", "Follows a run until it ends; the exit code tells its outcome.") { Id }
        .Remote((parsed, client, output, ct) => RunDisplay.FollowAsync(client, parsed.GetValue(Id)!, output, ct));

    private static Command Issues() => new Command("issues", "Lists the files that a run could not read or write.")
    {
        Id,
    }.Remote(async (parsed, client, output, ct) =>
        output.Table(
            await client.CallAsync("runs.issues", new { id = parsed.GetValue(Id) }, ct),
            ("Path", i => i["path"]?.ToString()),
            ("What was wrong", i => (i["cause"] ?? i["message"])?.ToString())));

    private static Command Log()
    {
        var into = new Option<string>("--output") { Description = "A file to write it to; without it: standard output.", DefaultValueFactory = _ => "-" };
        return new Command("log", "Prints the log of a run, as text.") { Id, into }.Remote((parsed, client, output, ct) =>
            DownloadCommand.SaveAsync(client, "runs.log", new() { ["id"] = [parsed.GetValue(Id)!] }, parsed.GetValue(into)!, output, ct));
    }
}
