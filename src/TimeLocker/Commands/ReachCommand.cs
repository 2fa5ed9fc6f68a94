using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

/// <summary>Which machines reach a repository.</summary>
internal static class ReachCommand
{
    private static Argument<string> Name => new Argument<string>("name") { Description = "The repository's name or id." }.Offering("repositories.list");

    private static Argument<string> Machine => new Argument<string>("machine") { Description = "Name or id of the machine." }.Offering("machines.list");

    public static Command Build()
    {
        var name = Name;
        return new Command("machines", "Shows which machines reach a repository, the one that looks after it first; allows and withdraws them.")
        {
            name, Allow(), Withdraw(),
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            return List(await client.CallAsync("repositories.machines", new { id }, ct), output);
        }).Also("list");
    }

    private static Command Allow()
    {
        var (name, machine) = (Name, Machine);
        var home = new Option<bool>("--home") { Description = "It looks after the repository from now on: checks, prunes and lists are done there." };
        return new Command("allow",
            "Allows a machine to use a repository, which it must reach. A folder must be a share that is mounted at the same place there.")
        {
            name, machine, home,
        }.Remote(async (parsed, client, output, ct) => List(await client.CallAsync("repositories.allow-machine", new
        {
            id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct),
            machine = await Names.MachineAsync(client, parsed.GetValue(machine)!, ct),
            home = parsed.GetValue(home),
        }, ct), output));
    }

    private static Command Withdraw()
    {
        var (name, machine) = (Name, Machine);
        return new Command("withdraw", "Takes a repository away from a machine of which no plan uses it.")
        {
            name, machine,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var reach = new
            {
                id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct),
                machine = await Names.MachineAsync(client, parsed.GetValue(machine)!, ct),
            };
            await client.CallAsync("repositories.withdraw-machine", reach, ct);
            return output.Say(new { reach.id, reach.machine, withdrawn = true }, "This machine does not use the repository any more.");
        });
    }

    private static int List(JsonNode? machines, Output output) => output.Table(machines,
        ("Machine", m => m["name"]?.ToString()),
        ("Looks after it", m => (bool?)m["isHome"] == true ? "yes" : ""),
        ("Connected", m => (bool?)m["isAway"] == true ? "no" : "yes"),
        (Names.When("Since"), m => Names.Time(m["since"])),
        ("Plans", m => string.Join(", ", m["plans"]!.AsArray())));
}
