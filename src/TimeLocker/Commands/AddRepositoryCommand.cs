using System.CommandLine;
using TimeLocker.Core.Repositories.Backends;

namespace TimeLocker.Commands;

internal static class AddRepositoryCommand
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "What you will call it." };
        var backend = new Option<string>("--backend") { Description = "The kind of place; see “repositories backends”.", DefaultValueFactory = _ => LocalBackend.Name };
        var create = new Option<bool>("--create") { Description = "Make a new one. Without it: adopt the one that is there." };
        var password = new Option<bool>("--password-stdin") { Description = "Read the repository's password from standard input. Without it a new one is generated." };
        var copyOf = new Option<string?>("--copy-of")
        {
            Description = "Make it a further copy of this repository (name or id); with --create.",
        }.Offering("repositories.list");
        var test = new Option<bool>("--test") { Description = "Only try to reach the place; add nothing." };
        var region = new Option<string>("--region") { Description = "Where the storage is, in your own words.", DefaultValueFactory = _ => "" };
        var command = new Command("add", "Adds a repository: for example add NAS --set path=/mnt/nas/restic --create")
        {
            name, backend, create, copyOf, password, region, test,
        }.WithFields();
        return command.Remote(async (parsed, client, output, ct) =>
        {
            var (kind, creates) = (parsed.GetValue(backend)!, parsed.GetValue(create));
            var fields = await BackendFields.OfAsync(client, kind, ct);
            var filled = await BackendFields.OpenAsync(parsed, fields, ct);
            var own = parsed.GetValue(password) || !creates ? (await CommandFrame.ReadSecretAsync("Repository password: ", ct)).Reveal() : null;
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
                    ? output.Say(facts, "The place can be used: there is no repository yet.")
                    : RepositoriesCommand.SayFacts(facts, output);
            }

            var answer = await client.CallAsync("repositories.add", wanted, ct);
            return output.Say(answer, $"Added “{answer!["name"]}” ({answer["id"]}).",
                "Its recovery kit is not proven yet: keep what “repositories kit” prints in a safe place, then enter"
                    + " the password from it into “repositories kit-test”.");
        });
    }
}
