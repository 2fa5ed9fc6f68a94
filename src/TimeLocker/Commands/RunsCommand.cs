using System.CommandLine;
using TimeLocker.Core;
using TimeLocker.Core.Runs;

namespace TimeLocker.Commands;

internal static class RunsCommand
{
    private static readonly Argument<string> Id = new("run") { Help = Texts.RunId };

    public static Command Build()
    {
        var outcome = Choice.Option<RunOutcome>("--outcome", Texts.OnlyWithThisOutcome);
        var since = new Option<DateTimeOffset?>("--since") { Help = Texts.OnlyQueuedSince };
        var limit = new Option<int>("--limit") { Help = Texts.AtMostThisMany, DefaultValueFactory = _ => 20 };
        return new TextCommand("runs", Texts.AboutRuns)
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
                (Texts.ColumnId, r => r["id"]?.ToString()),
                (Names.When(Texts.ColumnQueued), r => Names.Time(r["queuedAt"])),
                (Texts.ColumnKind, r => r["kind"]?.ToString()),
                (Texts.ColumnTitle, r => r["title"]?.ToString()),
                (Texts.ColumnState, RunOutputText.State))).Also("list", Texts.ListsRuns);
    }

    private static Command Show() => Print("show", Texts.PrintsRun, "runs.get");

    private static Command Cancel() => Print("cancel", Texts.StopsRun, "runs.cancel");

    private static Command Print(string name, Text description, string operation) => new TextCommand(name, description) { Id }
        .Remote(async (parsed, client, output, ct) =>
        {
            output.Value(await client.CallAsync(operation, new { id = parsed.GetValue(Id) }, ct));
            return Exit.Ok;
        });

    private static Command Watch() => new TextCommand("watch", Texts.FollowsRunUntilItEnds) { Id }
        .Remote((parsed, client, output, ct) => RunDisplay.FollowAsync(client, parsed.GetValue(Id)!, output, ct));

    private static Command Issues() => new TextCommand("issues", Texts.ListsIssues)
    {
        Id,
    }.Remote(async (parsed, client, output, ct) =>
        output.Table(
            await client.CallAsync("runs.issues", new { id = parsed.GetValue(Id) }, ct),
            (Texts.ColumnPath, i => i["path"]?.ToString()),
            (Texts.ColumnWhatWasWrong, i => (i["cause"] ?? i["message"])?.ToString())));

    private static Command Log()
    {
        var into = new Option<string>("--output") { Help = Texts.FileOrStandardOutput, DefaultValueFactory = _ => "-" };
        return new TextCommand("log", Texts.PrintsLogOfRunAsText) { Id, into }.Remote((parsed, client, output, ct) =>
            DownloadCommand.SaveAsync(client, "runs.log", new() { ["id"] = [parsed.GetValue(Id)!] },
                parsed.GetValue(into)!, output, ct));
    }
}
