using System.CommandLine;

namespace TimeLocker.Commands;

internal static class HooksCommand
{
    public static Command Build()
    {
        var machine = new Option<string?>("--machine") { Description = "Name or id; without it: the first one." }.Offering("machines.list");
        return new Command("hooks", "Lists the programs that may run around a backup, and why one cannot be used.")
        {
            machine,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.MachineOrFirstAsync(client, parsed.GetValue(machine), ct);
            var folder = (await client.CallAsync("machines.hooks", new { id }, ct))!;
            return output.Say(folder,
            [
                folder["problem"] is { } problem ? $"{problem["what"]} {problem["why"]} {problem["next"]}" : $"{folder["path"]}:",
                .. folder["files"]!.AsArray().Select(file => $"  {file!["name"]}{(file["why"] is { } why ? $"  cannot be used: {why}" : "")}"),
            ]);
        });
    }
}
