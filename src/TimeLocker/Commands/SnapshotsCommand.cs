using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class SnapshotsCommand
{
    public static Command Build()
    {
        var host = new Option<string?>("--host") { Help = Texts.OnlyOfThisMachine };
        var tag = new Option<string?>("--tag") { Help = Texts.OnlyWithThisTag };
        var limit = new Option<int>("--limit") { Help = Texts.AtMostThisMany, DefaultValueFactory = _ => 50 };
        return new TextCommand("snapshots", Texts.AboutSnapshots)
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
            }, ct), output)).Also("list", Texts.ListsSnapshots);
    }

    private static Command Show()
    {
        var snapshot = new Argument<string>("snapshot") { Help = Texts.SnapshotIdOrBeginning };
        return new TextCommand("show", Texts.PrintsSnapshot) { CommonArguments.Repository,
            snapshot }.Remote(async (parsed, client, output, ct) =>
        {
            output.Value(await client.CallAsync("snapshots.get",
                new { id = await CommonArguments.RepositoryAsync(parsed, client, ct), snapshot = parsed.GetValue(snapshot) },
                ct));
            return Exit.Ok;
        });
    }

    private static Command At()
    {
        var moment = new Argument<DateTimeOffset>("moment") { Help = Texts.SuchAsMoment };
        return new TextCommand("at", Texts.PrintsSnapshotOfMoment)
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

    private static Command Groups() => new TextCommand("groups", Texts.ListsGroupsOfSnapshots)
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
        output.Table(await client.CallAsync("snapshots.groups",
            new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct),
            (Texts.ColumnHost, g => g["host"]?.ToString()),
            (Texts.ColumnPaths, g => string.Join(", ", g["paths"]!.AsArray())),
            (Texts.ColumnSnapshots, g => g["count"]?.ToString()),
            (Names.When(Texts.ColumnOldest), g => Names.Time(g["oldest"])),
            (Names.When(Texts.ColumnNewest), g => Names.Time(g["newest"]))));

    private static Command Refresh() => new TextCommand("refresh", Texts.ReadsSnapshotsAgain)
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
        Table(await client.CallAsync("snapshots.refresh",
            new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct), output));

    private static int Table(JsonNode? answer, Output output) => output.Table(answer,
        (Texts.ColumnId, s => s["id"]!.ToString()[..8]),
        (Names.When(Texts.ColumnTime), s => Names.Time(s["time"])),
        (Texts.ColumnHost, s => s["host"]?.ToString()),
        (Texts.ColumnPaths, s => string.Join(", ", s["paths"]!.AsArray())),
        (Texts.ColumnFiles, s => s["files"]?.ToString()),
        (Texts.ColumnSize, s => Names.Bytes(s["bytes"])));
}
