using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

/// <summary>Which machines reach a repository.</summary>
internal static class ReachCommand
{
    private static Argument<string> Name =>
        new Argument<string>("name") { Help = Texts.NameOrIdOfRepository }.Offering("repositories.list");

    private static Argument<string> Machine =>
        new Argument<string>("machine") { Help = Texts.NameOrIdOfMachine }.Offering("machines.list");

    public static Command Build()
    {
        var name = Name;
        return new TextCommand("machines", Texts.AboutRepositoryMachines)
        {
            name, Allow(), Withdraw(),
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.RepositoryAsync(client, parsed.GetValue(name)!, ct);
            return List(await client.CallAsync("repositories.machines", new { id }, ct), output);
        }).Also("list", Texts.ShowsWhichMachinesReach);
    }

    private static Command Allow()
    {
        var (name, machine) = (Name, Machine);
        var home = new Option<bool>("--home") { Help = Texts.LooksAfterRepositoryFromNowOn };
        return new TextCommand("allow", Texts.AllowsMachineToUseRepository)
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
        return new TextCommand("withdraw", Texts.TakesRepositoryAwayFromMachine)
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
            return output.Say(new { reach.id, reach.machine, withdrawn = true }, Texts.MachineWithdrawn);
        });
    }

    private static int List(JsonNode? machines, Output output) => output.Table(machines,
        (Texts.ColumnMachine, m => m["name"]?.ToString()),
        (Texts.ColumnLooksAfterIt, m => (bool?)m["isHome"] == true ? Texts.Yes : ""),
        (Texts.ColumnConnected, m => (bool?)m["isAway"] == true ? Texts.No : Texts.Yes),
        (Names.When(Texts.ColumnSince), m => Names.Time(m["since"])),
        (Texts.ColumnPlans, m => string.Join(", ", m["plans"]!.AsArray())));
}
