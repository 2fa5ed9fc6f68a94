using System.CommandLine;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class LsCommand
{
    public static Command Build()
    {
        var snapshot = new Argument<string>("snapshot") { Help = Texts.SnapshotIdOrBeginning };
        var path = new Argument<string>("path") { Help = Texts.FolderOfSnapshot, DefaultValueFactory = _ => "/" };
        var after = new Option<string?>("--after") { Help = Texts.NextOfPageBefore };
        return new TextCommand("ls", Texts.ListsFolderOfSnapshot)
        {
            CommonArguments.Repository, snapshot, path, after,
        }.Remote(async (parsed, client, output, ct) =>
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
                (Texts.ColumnKind, f => f["kind"]?.ToString()),
                (Texts.ColumnSize, f => f["kind"]?.ToString() == "file" ? Names.Bytes(f["size"]) : ""),
                (Names.When(Texts.ColumnModified), f => Names.Time(f["modified"])),
                (Texts.ColumnName, f => f["name"]?.ToString()));
            if (answer?["next"] is { } next)
            {
                output.Line(Texts.MoreEntries(Names.Number(answer["total"]), TextArgument.Of(next)));
            }

            return Exit.Ok;
        });
    }
}
