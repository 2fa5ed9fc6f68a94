using System.CommandLine;

namespace TimeLocker.Commands;

internal static class LsCommand
{
    public static Command Build()
    {
        var snapshot = new Argument<string>("snapshot") { Description = "Snapshot id, or its beginning." };
        var path = new Argument<string>("path") { Description = "A folder in it.", DefaultValueFactory = _ => "/" };
        var after = new Option<string?>("--after") { Description = "The “next” of the page before." };
        return new Command("ls", "Lists a folder of a snapshot.") { CommonArguments.Repository, snapshot, path, after }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("files.list", new
            {
                id = await CommonArguments.RepositoryAsync(parsed, client, ct),
                snapshot = parsed.GetValue(snapshot),
                path = parsed.GetValue(path),
                after = parsed.GetValue(after),
                limit = 1000,
            }, ct);
            output.Table(answer,
                ("Kind", f => f["kind"]?.ToString()),
                ("Size", f => f["kind"]?.ToString() == "file" ? Names.Bytes(f["size"]) : ""),
                (Names.When("Modified"), f => Names.Time(f["modified"])),
                ("Name", f => f["name"]?.ToString()));
            if (answer?["next"] is { } next)
            {
                output.Line($"{Names.Count(answer["total"], "entry", "entries")}; more with --after {next}");
            }

            return Exit.Ok;
        });
    }
}
