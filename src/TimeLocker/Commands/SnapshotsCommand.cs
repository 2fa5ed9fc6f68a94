using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class SnapshotsCommand
{
    public static Command Build()
    {
        var host = new Option<string?>("--host") { Description = "Only of this machine." };
        var tag = new Option<string?>("--tag") { Description = "Only with this tag." };
        var limit = new Option<int>("--limit") { Description = "At most this many.", DefaultValueFactory = _ => 50 };
        return new Command("snapshots", "Lists a repository's snapshots, newest first; shows one, the one of a moment, or groups; reads the list again.")
        {
            CommonArguments.Repository, host, tag, CommonArguments.OfPlan, limit, Show(), At(), Groups(), Refresh(),
        }.Remote(async (parsed, client, output, ct) =>
            Table(await client.CallAsync("snapshots.list", new
            {
                id = await CommonArguments.RepositoryAsync(parsed, client, ct),
                host = parsed.GetValue(host),
                tag = parsed.GetValue(tag),
                plan = await CommonArguments.OfPlanAsync(parsed, client, ct),
                limit = parsed.GetValue(limit),
            }, ct), output)).Also("list");
    }

    private static Command Show()
    {
        var snapshot = new Argument<string>("snapshot") { Description = "Its id or the beginning of it." };
        return new Command("show", "Prints a snapshot.") { CommonArguments.Repository, snapshot }.Remote(async (parsed, client, output, ct) =>
        {
            output.Value(await client.CallAsync("snapshots.get",
                new { id = await CommonArguments.RepositoryAsync(parsed, client, ct), snapshot = parsed.GetValue(snapshot) },
                ct));
            return Exit.Ok;
        });
    }

    private static Command At()
    {
        var moment = new Argument<DateTimeOffset>("moment") { Description = "Such as 2026-11-20T18:00." };
        return new Command("at", "Prints the newest snapshot not later than a moment.")
        {
            CommonArguments.Repository, moment, CommonArguments.OfPlan,
        }.Remote(async (parsed, client, output, ct) =>
        {
            output.Value(await client.CallAsync("snapshots.at",
                new
                {
                    id = await CommonArguments.RepositoryAsync(parsed, client, ct),
                    at = parsed.GetValue(moment),
                    plan = await CommonArguments.OfPlanAsync(parsed, client, ct),
                },
                ct));
            return Exit.Ok;
        });
    }

    private static Command Groups() => new Command("groups", "Lists a repository's snapshots by machine and folders.")
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
        output.Table(await client.CallAsync("snapshots.groups", new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct),
            ("Host", g => g["host"]?.ToString()),
            ("Paths", g => string.Join(", ", g["paths"]!.AsArray())),
            ("Snapshots", g => g["count"]?.ToString()),
            (Names.When("Oldest"), g => Names.Time(g["oldest"])),
            (Names.When("Newest"), g => Names.Time(g["newest"]))));

    private static Command Refresh() => new Command("refresh", "Reads the list of snapshots from the repository again.")
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
        Table(await client.CallAsync("snapshots.refresh", new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct), output));

    private static int Table(JsonNode? answer, Output output) => output.Table(answer,
        ("ID", s => s["id"]!.ToString()[..8]),
        (Names.When("Time"), s => Names.Time(s["time"])),
        ("Host", s => s["host"]?.ToString()),
        ("Paths", s => string.Join(", ", s["paths"]!.AsArray())),
        ("Files", s => s["files"]?.ToString()),
        ("Size", s => Names.Bytes(s["bytes"])));
}
