using System.CommandLine;

namespace TimeLocker.Commands;

internal static class MachinesCommand
{
    public static Command Build() => new Command("machines", "Lists the machines; asks this one what it is; shows a folder.")
    {
        Check(), Folder(),
    }.Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("machines.list", null, ct),
            ("ID", m => m["id"]?.ToString()),
            ("Name", m => m["name"]?.ToString()),
            ("Host", m => m["host"]?.ToString()),
            ("restic", m => m["resticVersion"]?.ToString()),
            (Names.When("Last seen"), m => Names.Time(m["seenAt"])))).Also("list");

    private static Command Check() => new Command("check", "Asks this machine what it is and which restic it has.").Remote(async (_, client, output, ct) =>
    {
        output.Value(await client.CallAsync("machines.check", null, ct));
        return Exit.Ok;
    });

    private static Command Folder()
    {
        var path = new Argument<string>("path") { Description = "The folder." };
        var machine = new Option<string?>("--machine") { Description = "Name or id; without it: the first one." }.Offering("machines.list");
        return new Command("folder", "Shows a folder of a machine as the server sees it.") { path, machine }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("machines.folder",
                new { id = await Names.MachineOrFirstAsync(client, parsed.GetValue(machine), ct), path = parsed.GetValue(path) },
                ct);
            output.Value(answer);
            return Exit.Ok;
        });
    }
}
