using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>What opens a repository: its keys, its password, its recovery kit. Sub-commands of <c>repositories</c>.</summary>
internal static class RepositorySecrets
{
    private static readonly Option<bool> FromInput =
        new("--password-stdin") { Help = Texts.ReadPasswordOrMakeOne };

    public static IEnumerable<Command> Build() => [Keys(), Password(), Kit(), RecoveryKitTest()];

    private static Argument<string> Name =>
        new Argument<string>("name") { Help = Texts.NameOrIdOfRepository }.Offering("repositories.list");

    private static Command Keys()
    {
        var name = Name;
        return new TextCommand("keys", Texts.AboutRepositoryKeys)
        {
            name, AddKey(), RemoveKey(),
        }.Remote(async (parsed, client, output, ct) =>
            output.Table(await client.CallAsync("keys.list",
                new { id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct) }, ct),
                (Texts.ColumnId, k => k["id"]?.ToString()[..12]),
                (Texts.ColumnFor, k => k["user"]?.ToString()),
                (Texts.ColumnMadeOn, k => k["host"]?.ToString()),
                (Names.When(Texts.ColumnSince), k => Names.Time(k["createdAt"])),
                (Text.Empty, k => k["current"]?.GetValue<bool>() == true ? Texts.TimeLockerUsesKey : ""))).Also("list",
                Texts.ListsKeysOfRepository);
    }

    private static Command AddKey()
    {
        var (name, whom) = (Name, new Option<string>("--for") { Help = Texts.WhoKeyIsFor, Required = true });
        var copies = new Option<bool>("--copies") { Help = Texts.SameKeyForCopies };
        return new TextCommand("add", Texts.AddsKeyAndPrintsItsPassword)
        {
            name, whom, copies, FromInput,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            var answer = await client.CallAsync("keys.add",
                new
                {
                    id,
                    name = parsed.GetValue(whom),
                    copies = parsed.GetValue(copies),
                    password = await GivenAsync(parsed, ct)
                }, ct);
            output.Say(answer, Texts.KeyAdded(answer!["id"]!.ToString()[..12], TextArgument.Of(answer["password"])));
            foreach (var copy in answer["copies"]?.AsArray().OfType<JsonNode>() ?? [])
            {
                output.Line(copy["problem"] is { } p
                    ? Texts.KeyNotInCopy(TextArgument.Of(copy["repository"]), $"{p["what"]} {p["why"]} {p["next"]}")
                    : Texts.KeyOpensCopy(TextArgument.Of(copy["repository"])));
            }

            return answer["copies"]?.AsArray().Any(c => c!["problem"] is not null) == true ? Exit.Failed : Exit.Ok;
        });
    }

    private static Command RemoveKey()
    {
        var (name, key) = (Name, new Argument<string>("key") { Help = Texts.KeyIdOrBeginning });
        return new TextCommand("remove", Texts.RemovesKey) { name, key }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("keys.remove",
                new
                {
                    id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct),
                    key = parsed.GetValue(key)
                }, ct);
            return output.Say(new { key = parsed.GetValue(key), removed = true }, Texts.KeyIsRemoved);
        });
    }

    private static Command Password()
    {
        var (name, changed) = (Name,
            new Option<bool>("--changed")
            {
                Help = Texts.PasswordChangedWithRestic,
            });
        return new TextCommand("password", Texts.ChangesPasswordThatTimeLockerOpensRepository)
        {
            name, FromInput, changed,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            if (parsed.GetValue(changed))
            {
                var typed = (await CommandFrame.ReadSecretAsync(Texts.Password, ct)).Reveal() is { Length: > 0 } given ? given
                    : throw ProblemException.Invalid(Problems.NoPasswordGivenRead);
                return output.Say(await client.CallAsync("repositories.update", new { id, password = typed }, ct),
                    Texts.PasswordSaved);
            }

            var answer = await client.CallAsync("repositories.password", new { id, password = await GivenAsync(parsed, ct) }, ct);
            output.Say(answer, Texts.PasswordChanged);
            if (answer!["left"] is { } left)
            {
                output.Line($"{left["what"]} {left["why"]} {left["next"]}");
            }

            return Exit.Ok;
        });
    }

    private static Command Kit()
    {
        var name = new Argument<string?>("name") { Help = Texts.RepositoryOrAll, Arity = ArgumentArity.ZeroOrOne };
        var pdf = new Option<string?>("--pdf") { Help = Texts.KitAsPdf };
        return new TextCommand("kit", Texts.PrintsRecoveryKit)
        {
            name, pdf,
        }.Remote(async (parsed, client, output, ct) =>
        {
            if (parsed.GetValue(pdf) is { } file)
            {
                return parsed.GetValue(name) is { } only
                    ? await DownloadCommand.SaveAsync(client, "repositories.download-kit",
                        new() { ["id"] = [await Names.RepositoryAsync(client, only, ct)] },
                        file, output, ct)
                    : await DownloadCommand.SaveAsync(client, "repositories.download-kits", [], file, output, ct);
            }

            var answer = parsed.GetValue(name) is { } one
                ? new JsonObject
                {
                    ["items"] = new JsonArray((await client.CallAsync("repositories.recovery-kit",
                        new { id = await Names.RepositoryAsync(client, one, ct) }, ct))!.DeepClone())
                }
                : await client.CallAsync("repositories.recovery-kits", null, ct);
            output.Say(answer, string.Join('\n', answer!["items"]!.AsArray().Select(k => k!["text"])));
            return Exit.Ok;
        });
    }

    private static Command RecoveryKitTest()
    {
        var (name, address) = (Name, new Option<string?>("--address") { Help = Texts.AddressExactlyAsPrintedInKit });
        return new TextCommand("kit-test", Texts.OpensRepositoryWithPassword)
        {
            name, address,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            var password = (await CommandFrame.ReadSecretAsync(Texts.PasswordFromKit, ct)).Reveal();
            output.Say(
                await client.CallAsync("repositories.test-kit", new { id, password, address = parsed.GetValue(address) }, ct),
                Texts.KitOpenedRepository);
            return Exit.Ok;
        });
    }

    private static async Task<string?> GivenAsync(ParseResult parsed, CancellationToken ct) =>
        parsed.GetValue(FromInput) ? (await CommandFrame.ReadSecretAsync(Texts.Password, ct)).Reveal() : null;
}
