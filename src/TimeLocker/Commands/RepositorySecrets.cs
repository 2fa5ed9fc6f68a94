using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>What opens a repository: its keys, its password, its recovery kit. Sub-commands of <c>repositories</c>.</summary>
internal static class RepositorySecrets
{
    private static readonly Option<bool> FromInput =
        new("--password-stdin") { Description = "Read the password from standard input. Without it TimeLocker makes one." };

    public static IEnumerable<Command> Build() => [Keys(), Password(), Kit(), RecoveryKitTest()];

    private static Argument<string> Name => new Argument<string>("name") { Description = "The repository's name or id." }.Offering("repositories.list");

    private static Command Keys()
    {
        var name = Name;
        return new Command("keys", "Lists the keys of a repository; adds and removes keys.")
        {
            name, AddKey(), RemoveKey(),
        }.Remote(async (parsed, client, output, ct) =>
            output.Table(await client.CallAsync("keys.list", new { id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct) }, ct),
                ("ID", k => k["id"]?.ToString()[..12]), ("For", k => k["user"]?.ToString()), ("Made on", k => k["host"]?.ToString()),
                (Names.When("Since"), k => Names.Time(k["createdAt"])),
                ("", k => k["current"]?.GetValue<bool>() == true ? "TimeLocker uses it" : ""))).Also("list");
    }

    private static Command AddKey()
    {
        var (name, whom) = (Name, new Option<string>("--for") { Description = "Who or what it is for.", Required = true });
        var copies = new Option<bool>("--copies") { Description = "The same key for the copies of this repository, which have keys of their own." };
        return new Command("add", "Adds a key and prints its password; it is never shown again.")
        {
            name, whom, copies, FromInput,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            var answer = await client.CallAsync("keys.add", new { id, name = parsed.GetValue(whom), copies = parsed.GetValue(copies), password = await GivenAsync(parsed, ct) }, ct);
            output.Say(answer, $"Added the key {answer!["id"]!.ToString()[..12]}. Its password: {answer["password"]}");
            foreach (var copy in answer["copies"]?.AsArray().OfType<JsonNode>() ?? [])
            {
                output.Line(copy["problem"] is { } p ? $"Not in “{copy["repository"]}”: {p["what"]} {p["why"]} {p["next"]}" : $"It opens “{copy["repository"]}”, too.");
            }

            return answer["copies"]?.AsArray().Any(c => c!["problem"] is not null) == true ? Exit.Failed : Exit.Ok;
        });
    }

    private static Command RemoveKey()
    {
        var (name, key) = (Name, new Argument<string>("key") { Description = "The key's id or its beginning, from the list." });
        return new Command("remove", "Removes a key; never the one that TimeLocker uses.") { name, key }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("keys.remove", new { id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct), key = parsed.GetValue(key) }, ct);
            return output.Say(new { key = parsed.GetValue(key), removed = true }, "The key is removed.");
        });
    }

    private static Command Password()
    {
        var (name, changed) = (Name,
            new Option<bool>("--changed")
            {
                Description = "It was changed with restic already: TimeLocker asks for the new one, tries it and keeps it.",
            });
        return new Command("password", "Changes the password that TimeLocker opens a repository with.")
        {
            name, FromInput, changed,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            if (parsed.GetValue(changed))
            {
                var typed = (await CommandFrame.ReadSecretAsync("Password: ", ct)).Reveal() is { Length: > 0 } given ? given
                    : throw ProblemException.Invalid(Problems.NoPasswordGivenRead);
                return output.Say(await client.CallAsync("repositories.update", new { id, password = typed }, ct),
                    "It opens the repository and was saved. The recovery kit has changed: keep the new one (“repositories kit”).");
            }

            var answer = await client.CallAsync("repositories.password", new { id, password = await GivenAsync(parsed, ct) }, ct);
            output.Say(answer, "Changed. All earlier recovery kits are now useless: keep the new one (“repositories kit”).");
            if (answer!["left"] is { } left)
            {
                output.Line($"{left["what"]} {left["why"]} {left["next"]}");
            }

            return Exit.Ok;
        });
    }

    private static Command Kit()
    {
        var name = new Argument<string?>("name") { Description = "The repository's name or id. Without it: all.", Arity = ArgumentArity.ZeroOrOne };
        var pdf = new Option<string?>("--pdf") { Description = "Write it to this file as PDF, to be printed." };
        return new Command("kit", "Prints the recovery kit: address, password, plain restic commands.")
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
                ? new JsonObject { ["items"] = new JsonArray((await client.CallAsync("repositories.recovery-kit", new { id = await Names.RepositoryAsync(client, one, ct) }, ct))!.DeepClone()) }
                : await client.CallAsync("repositories.recovery-kits", null, ct);
            output.Say(answer, string.Join('\n', answer!["items"]!.AsArray().Select(k => k!["text"])));
            return Exit.Ok;
        });
    }

    private static Command RecoveryKitTest()
    {
        var (name, address) = (Name, new Option<string?>("--address") { Description = "The address exactly as printed in the kit." });
        return new Command("kit-test", "Opens a repository with the password that you type from its kit; success confirms the kit.")
        {
            name, address,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            var password = (await CommandFrame.ReadSecretAsync("Password from the kit: ", ct)).Reveal();
            output.Say(
                await client.CallAsync("repositories.test-kit", new { id, password, address = parsed.GetValue(address) }, ct),
                "The kit opened the repository: it is proven.");
            return Exit.Ok;
        });
    }

    private static async Task<string?> GivenAsync(ParseResult parsed, CancellationToken ct) =>
        parsed.GetValue(FromInput) ? (await CommandFrame.ReadSecretAsync("Password: ", ct)).Reveal() : null;
}
