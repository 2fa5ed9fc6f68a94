using System.CommandLine;
using TimeLocker.Core;
using TimeLocker.Core.Repositories.Backends;

namespace TimeLocker.Commands;

internal static class AddRepositoryCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Help = Texts.NameYouChoose };
        var backend = new Option<string>("--backend") { Help = Texts.KindOfPlace, DefaultValueFactory = _ => LocalBackend.Name };
        var create = new Option<bool>("--create") { Help = Texts.CreateRepository };
        var password = new Option<bool>("--password-stdin") { Help = Texts.ReadRepositoryPassword };
        var copyOf = new Option<string?>("--copy-of")
        {
            Help = Texts.CopyOfRepository,
        }.Offering("repositories.list");
        var test = new Option<bool>("--test") { Help = Texts.OnlyTryToReachPlace };
        var region = new Option<string>("--region") { Help = Texts.WhereStorageIs, DefaultValueFactory = _ => "" };
        var command = new TextCommand("add", Texts.AddsRepository)
        {
            name, backend, create, copyOf, password, region, test,
        }.WithFields();
        return command.Remote(async (parsed, client, output, ct) =>
        {
            var (kind, creates) = (parsed.GetValue(backend)!, parsed.GetValue(create));
            var fields = await BackendFields.OfAsync(client, kind, ct);
            var filled = await BackendFields.OpenAsync(parsed, fields, ct);
            var own = parsed.GetValue(password) || !creates
                ? (await CommandFrame.ReadSecretAsync(Texts.RepositoryPassword, ct)).Reveal() : null;
            await BackendFields.SecretsAsync(parsed, filled, ct);
            var wanted = new
            {
                name = parsed.GetValue(name),
                backend = kind,
                values = filled,
                create = creates,
                password = own,
                region = parsed.GetValue(region),
                copyOf = parsed.GetValue(copyOf) is { } source ? await Names.RepositoryAsync(client, source, ct) : null,
            };
            if (parsed.GetValue(test))
            {
                var facts = await client.CallAsync("repositories.test", wanted, ct);
                return creates && facts!["state"]?.ToString() == "missing"
                    ? output.Say(facts, Texts.PlaceCanBeUsed)
                    : RepositoriesCommand.SayFacts(facts, output);
            }

            var answer = await client.CallAsync("repositories.add", wanted, ct);
            return output.Say(answer, Texts.Added(TextArgument.Of(answer!["name"]), TextArgument.Of(answer["id"])),
                Texts.ItsRecoveryKitIsNotProven);
        });
    }
}
