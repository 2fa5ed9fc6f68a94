using System.CommandLine;

namespace TimeLocker.Commands;

internal static class TagsCommand
{
    public static Command Build()
    {
        var snapshot = new Argument<string[]>("snapshot") { Help = Texts.IdsOrTheirBeginnings, Arity = ArgumentArity.OneOrMore };
        var add = new Option<string[]>("--add") { Help = Texts.TagToAdd };
        var remove = new Option<string[]>("--remove") { Help = Texts.TagToRemove };
        var set = new Option<string[]>("--set") { Help = Texts.TheseTagsAndNoOthers };
        var clear = new Option<bool>("--clear") { Help = Texts.RemovesAllTagsExceptTimeLockersOwn };
        return new TextCommand("tags", Texts.ChangesTagsOfSnapshots)
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
