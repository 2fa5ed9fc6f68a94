using System.CommandLine;

namespace TimeLocker.Commands;

internal static class MachinesCommand
{
    public static Command Build() => new TextCommand("machines", Texts.AboutMachines)
    {
        Check(), Folder(),
    }.Remote(async (_, client, output, ct) =>
        output.Table(await client.CallAsync("machines.list", null, ct),
            (Texts.ColumnId, m => m["id"]?.ToString()),
            (Texts.ColumnName, m => m["name"]?.ToString()),
            (Texts.ColumnHost, m => m["host"]?.ToString()),
            (Texts.ColumnRestic, m => m["resticVersion"]?.ToString()),
            (Names.When(Texts.ColumnLastSeen), m => Names.Time(m["seenAt"])))).Also("list", Texts.ListsMachines);

    private static Command Check() => new TextCommand("check", Texts.ChecksMachine).Remote(async (_, client, output, ct) =>
    {
        output.Value(await client.CallAsync("machines.check", null, ct));
        return Exit.Ok;
    });

    private static Command Folder()
    {
        var path = new Argument<string>("path") { Help = Texts.FolderPath };
        var machine = new Option<string?>("--machine") { Help = Texts.MachineNameOrFirst }.Offering("machines.list");
        return new TextCommand("folder", Texts.ShowsFolderOfMachineAsServer) { path,
            machine }.Remote(async (parsed, client, output, ct) =>
        {
            var answer = await client.CallAsync("machines.folder",
                new { id = await Names.MachineOrFirstAsync(client, parsed.GetValue(machine), ct), path = parsed.GetValue(path) },
                ct);
            output.Value(answer);
            return Exit.Ok;
        });
    }
}
