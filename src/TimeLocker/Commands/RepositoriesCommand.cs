using System.CommandLine;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class RepositoriesCommand
{
    public static Command Build()
    {
        var command = List();
        foreach (var more in (Command[])[.. CareCommands.All, .. RepositorySecrets.Build()])
        {
            command.Add(more);
        }

        return command;
    }

    private static Command List() => new Command("repositories", "Lists the repositories; adds one; checks, prunes, repairs and copies them; keys, password and recovery kit of one.")
    {
        Add(),
        new Command("backends", "Lists the kinds of places and their fields.").Remote(async (_, client, output, ct) =>
        {
            output.Table(await client.CallAsync("backends.list", null, ct),
                ("Kind", b => b["kind"]?.ToString()),
                ("Title", b => b["title"]?.ToString()),
                ("Fields (for --set)", b => string.Join(", ", b["fields"]!.AsArray().Select(f => f!["name"]))));
            return Exit.Ok;
        }),
    }.Remote(async (_, client, output, ct) =>
    {
        output.Table(await client.CallAsync("repositories.list", null, ct),
            ("ID", r => r["id"]?.ToString()),
            ("Name", r => r["name"]?.ToString()),
            ("Backend", r => r["backend"]?.ToString()),
            ("Snapshots", r => r["snapshotCount"]?.ToString()),
            ("Newest", r => Names.Time(r["newestSnapshotAt"])),
            ("Recovery kit", r => r["recoveryConfirmedAt"] is null ? "not proven" : "proven"));
        return Exit.Ok;
    });

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "What you will call it." };
        var backend = new Option<string>("--backend") { Description = "The kind of place; see “repositories backends”.", DefaultValueFactory = _ => "local" };
        var values = new Option<string[]>("--set") { Description = "A field of the backend, field=value; may be repeated.", Required = true };
        var create = new Option<bool>("--create") { Description = "Make a new one. Without it: adopt the one that is there." };
        var copyOf = new Option<string?>("--copy-of") { Description = "Make it a further copy of this repository (name or id); with --create." };
        var password = new Option<bool>("--password-stdin") { Description = "Read the repository's password from standard input. Without it a new one is generated." };
        return new Command("add", "Adds a repository: for example add NAS --set path=/mnt/nas/restic --create") { name, backend, values, create, copyOf, password }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("repositories.add", new
            {
                name = parsed.GetValue(name),
                backend = parsed.GetValue(backend),
                values = parsed.GetValue(values)!.Select(Pair).ToDictionary(),
                create = parsed.GetValue(create),
                copyOf = parsed.GetValue(copyOf) is { } source ? await Names.RepositoryAsync(client, source, ct) : null,
                password = parsed.GetValue(password) || !parsed.GetValue(create) ? (await Shared.ReadSecretAsync("Repository password: ", ct)).Reveal() : null,
            }, ct);
            if (output.Json)
            {
                output.Value(answer);
            }

            output.Line($"Added “{answer!["name"]}” ({answer["id"]}).");
            output.Line("Its recovery kit is not proven yet: keep what “repositories kit” prints in a safe place, then type the password from it into “repositories kit-test”.");
            return Exit.Ok;
        });
    }

    private static KeyValuePair<string, string> Pair(string given) => given.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? new(given[..at], given[(at + 1)..])
        : throw ProblemException.Invalid($"“{given}” is not field=value.", "--set takes the name of a field, “=”, and its value.", "See “repositories backends”.");
}
