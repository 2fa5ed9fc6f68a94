using System.CommandLine;

namespace TimeLocker.Commands;

internal static class SnapshotsCommand
{
    public static Command Build()
    {
        var repository = new Argument<string>("repository") { Description = "Name or id." };
        var host = new Option<string?>("--host") { Description = "Only of this machine." };
        var tag = new Option<string?>("--tag") { Description = "Only with this tag." };
        var plan = new Option<string?>("--plan") { Description = "Only of this plan (name or id)." };
        var limit = new Option<int>("--limit") { Description = "How many at the most.", DefaultValueFactory = _ => 50 };
        return new Command("snapshots", "Lists a repository's snapshots, newest first.") { repository, host, tag, plan, limit }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("snapshots.list", new
            {
                id = await Names.RepositoryAsync(client, parsed.GetValue(repository)!, ct),
                host = parsed.GetValue(host),
                tag = parsed.GetValue(tag),
                plan = parsed.GetValue(plan) is { } name ? await Names.PlanAsync(client, name, ct) : null,
                limit = parsed.GetValue(limit),
            }, ct);
            output.Table(answer,
                ("ID", s => s["id"]!.ToString()[..8]),
                ("Time", s => Names.Time(s["time"])),
                ("Host", s => s["host"]?.ToString()),
                ("Paths", s => string.Join(", ", s["paths"]!.AsArray())),
                ("Files", s => s["files"]?.ToString()),
                ("Size", s => Names.Bytes(s["bytes"])));
            return Exit.Ok;
        });
    }
}
