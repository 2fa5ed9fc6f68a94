using System.CommandLine;

namespace TimeLocker.Commands;

internal static class TagsCommand
{
    public static Command Build()
    {
        var repository = new Argument<string>("repository") { Description = "Name or id." };
        var snapshot = new Argument<string[]>("snapshot") { Description = "Ids or their beginnings; one or many.", Arity = ArgumentArity.OneOrMore };
        var add = new Option<string[]>("--add") { Description = "A tag to add; may be repeated." };
        var remove = new Option<string[]>("--remove") { Description = "A tag to take away; may be repeated." };
        var set = new Option<string[]>("--set") { Description = "These tags and no others; may be repeated. Instead of --add and --remove." };
        var clear = new Option<bool>("--clear") { Description = "Takes all tags away, apart from TimeLocker's own." };
        var noWait = new Option<bool>("--no-wait") { Description = "Print the run and leave; it goes on." };
        return new Command("tags", "Changes the tags of snapshots. Each gets a new id; its history and its pins stay.") { repository, snapshot, add, remove, set, clear, noWait }.Remote(async (parsed, client, output, ct) =>
        {
            var all = parsed.GetValue(clear) ? [] : parsed.GetValue(set) is { Length: > 0 } given ? given : null;
            var run = await client.CallAsync("snapshots.tag", new { id = await Names.RepositoryAsync(client, parsed.GetValue(repository)!, ct), snapshots = parsed.GetValue(snapshot), add = parsed.GetValue(add) ?? [], remove = parsed.GetValue(remove) ?? [], set = all }, ct);
            if (parsed.GetValue(noWait))
            {
                output.Value(run);
                return Exit.Ok;
            }

            return await RunWatch.FollowAsync(client, run!["id"]!.ToString(), output, ct);
        });
    }
}
