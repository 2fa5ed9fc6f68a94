using System.CommandLine;

namespace TimeLocker.Commands;

internal static class HooksCommand
{
    public static Command Build()
    {
        var machine = new Option<string?>("--machine") { Description = "Name or id; without it: the first one." };
        return new Command("hooks", "Lists the programs that may run around a backup, and why one cannot be used.") { machine }.Remote(async (parsed, client, output, ct) =>
        {
            var id = parsed.GetValue(machine) is { } given ? await Names.MachineAsync(client, given, ct) : (await client.CallAsync("machines.list", null, ct))!["items"]![0]!["id"]!.ToString();
            var folder = (await client.CallAsync("machines.hooks", new { id }, ct))!;
            if (output.Json)
            {
                output.Value(folder);
                return Exit.Ok;
            }

            output.Line(folder["problem"] is { } problem ? $"{problem["what"]} {problem["why"]} {problem["next"]}" : $"{folder["path"]}:");
            foreach (var file in folder["files"]!.AsArray())
            {
                output.Line($"  {file!["name"]}{(file["why"] is { } why ? $"  cannot be used: {why}" : "")}");
            }

            return Exit.Ok;
        });
    }
}
