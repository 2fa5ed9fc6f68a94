using System.CommandLine;

namespace TimeLocker.Commands;

internal static class TagsCommand
{
    public static Command Build()
    {
        var snapshot = new Argument<string[]>("snapshot") { Description = "Ids or their beginnings; one or many.", Arity = ArgumentArity.OneOrMore };
        var add = new Option<string[]>("--add") { Description = "A tag to add; may be repeated." };
        var remove = new Option<string[]>("--remove") { Description = "A tag to remove; may be repeated." };
        var set = new Option<string[]>("--set") { Description = "These tags and no others; may be repeated. Instead of --add and --remove." };
        var clear = new Option<bool>("--clear") { Description = "Removes all tags except TimeLocker's own." };
        return new Command("tags", "Changes the tags of snapshots. Each gets a new id; its history and its pins stay.")
        {
            CommonArguments.Repository, snapshot, add, remove, set, clear, CommonArguments.NoWait,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var all = parsed.GetValue(clear) ? [] : parsed.GetValue(set) is { Length: > 0 } given ? given : null;
            return await RunDisplay.StartAsync(client, "snapshots.tag", new
            {
                id = await CommonArguments.RepositoryAsync(parsed, client, ct),
                snapshots = parsed.GetValue(snapshot),
                add = parsed.GetValue(add) ?? [],
                remove = parsed.GetValue(remove) ?? [],
                set = all,
            }, parsed, output, ct);
        });
    }
}
