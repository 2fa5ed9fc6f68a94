using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

internal static class RepositoriesCommand
{
    public static Command Build()
    {
        var group = new TextCommand("repositories", Texts.AboutRepositories).Remote(ListAsync);
        foreach (var more in (Command[])
        [
            AddRepositoryCommand.Build(), Show(), Edit(), Rename(), Remove(), Test(),
            HostKeys(), KeyPair(), SshKey(), Backends(), ReachCommand.Build(), .. MaintenanceCommands.All,
                .. RepositorySecrets.Build(),
        ])
        {
            group.Add(more);
        }

        return group.Also("list", Texts.ListsRepositories);
    }

    private static async Task<int> ListAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct) =>
        output.Table(await client.CallAsync("repositories.list", null, ct),
        (Texts.ColumnId, r => r["id"]?.ToString()),
        (Texts.ColumnName, r => r["name"]?.ToString()),
        (Texts.ColumnBackend, r => r["backend"]?.ToString()),
        (Texts.ColumnSnapshots, r => r["snapshotCount"]?.ToString()),
        (Names.When(Texts.ColumnNewest), r => Names.Time(r["newestSnapshotAt"])),
        (Texts.ColumnRecoveryKit, r => r["recoveryConfirmedAt"] is null ? Texts.NotProven : Texts.Proven));

    private static Command Show() => new TextCommand("show", Texts.PrintsRepositoryWithAllItsSettings)
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
    {
        output.Value(await client.CallAsync("repositories.get",
            new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct));
        return Exit.Ok;
    });

    private static Command Edit()
    {
        var (name, region) = (
            new Option<string?>("--name") { Help = Texts.AnotherName },
            new Option<string?>("--region") { Help = Texts.WhereStorageIs });
        return new TextCommand("edit", Texts.ChangesRepositorysNameRegionLimits)
        {
            CommonArguments.Repository, name, region,
        }.WithFields().With(ResourceSettings.All).Remote(async (parsed, client, output, ct) =>
        {
            var id = await CommonArguments.RepositoryAsync(parsed, client, ct);
            var now = (await client.CallAsync("repositories.get", new { id }, ct))!;
            var before = now["resources"].Deserialize<ResourceRules>(ApiJson.Options) ?? ResourceRules.None;
            var values = await BackendFields.OpenAsync(parsed,
                await BackendFields.OfAsync(client, now["backend"]!.ToString(), ct), ct);
            await BackendFields.SecretsAsync(parsed, values, ct);
            var answer = await client.CallAsync("repositories.update", new
            {
                id,
                name = parsed.GetValue(name),
                region = parsed.GetValue(region),
                resources = ResourceSettings.All.Read(parsed, before),
                values = values.Count == 0 ? null : values,
                revision = (int)now["revision"]!,
            }, ct);
            return output.Say(answer, Texts.Changed(TextArgument.Of(answer!["name"])));
        });
    }

    private static Command Rename()
    {
        var to = new Argument<string>("name") { Help = Texts.ItsNewName };
        return new TextCommand("rename", Texts.GivesRepositoryAnotherName) { CommonArguments.Repository,
            to }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("repositories.rename",
                new { id = await CommonArguments.RepositoryAsync(parsed, client, ct), name = parsed.GetValue(to) },
                ct);
            return output.Say(answer, Texts.CalledNow(TextArgument.Of(answer!["name"])));
        });
    }

    private static Command Remove() => new TextCommand("remove", Texts.MakesTimeLockerForgetRepository)
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var id = await CommonArguments.RepositoryAsync(parsed, client, ct);
        await client.CallAsync("repositories.remove", new { id }, ct);
        return output.Say(new { id, removed = true }, Texts.TimeLockerNoLongerKnows);
    });

    private static Command Test() => new TextCommand("test", Texts.TestsConnection)
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
        SayFacts(await client.CallAsync("repositories.test-again",
            new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct), output));

    /// <summary>What was found at a place, as an exit code, too.</summary>
    internal static int SayFacts(JsonNode? facts, Output output) =>
        facts!["problem"]?.Deserialize<Problem>(ApiJson.Options) is { } problem
        ? output.Fail(new ProblemException(ProblemKind.Failed, problem))
        : output.Say(facts,
            (bool?)facts["appendOnly"] == true ? Text.Of(Texts.PlaceOpens, Texts.PlaceIsAppendOnly) : Texts.PlaceOpens);

    private static Command KeyPair() => new TextCommand("key-pair", Texts.MakesSshKeyPair)
        .Remote(async (_, client, output, ct) =>
        {
            var pair = await client.CallAsync("backends.key-pair", null, ct);
            return output.Say(pair, $"privateKey=generated:{pair!["id"]}", $"{pair["publicKey"]}");
        });

    private static Command SshKey() => new TextCommand("ssh-key", Texts.PrintsSshKey)
    {
        CommonArguments.Repository,
    }.Remote(async (parsed, client, output, ct) =>
    {
        var key = await client.CallAsync("repositories.ssh-key",
            new { id = await CommonArguments.RepositoryAsync(parsed, client, ct) }, ct);
        return output.Say(key, $"{key!["publicKey"]}");
    });

    private static Command Backends() => new TextCommand("backends", Texts.ListsBackends).Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("backends.list", null, ct),
            (Texts.ColumnKind, b => b["kind"]?.ToString()),
            (Texts.ColumnTitle, b => b["title"]?.ToString()),
            (Texts.ColumnAvailable, b => b["whyNot"]?.ToString() ?? Texts.Yes),
            (Texts.ColumnFieldsForSet,
                b => string.Join(", ",
                    b["fields"]!.AsArray().Select(f => $"{f!["name"]}{((bool)f["required"]! ? "*" : "")}")))));

    private static Command HostKeys()
    {
        var host = new Argument<string>("host") { Help = Texts.SshServer };
        var port = new Option<int>("--port") { Help = Texts.SshPort, DefaultValueFactory = _ => 22 };
        return new TextCommand("host-keys", Texts.ShowsKeysOfSshServer)
        {
            host, port,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var keys = await client.CallAsync("backends.host-keys",
                new { host = parsed.GetValue(host), port = parsed.GetValue(port) }, ct);
            return output.Say(keys, [.. keys!["items"]!.AsArray().Select(k => $"{k!["fingerprint"]}\nhostKey={k["key"]}")]);
        });
    }
}
