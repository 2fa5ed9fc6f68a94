using System.CommandLine;
using TimeLocker.Core;

namespace TimeLocker.Commands;

internal static class HooksCommand
{
    public static Command Build()
    {
        var machine = new Option<string?>("--machine") { Help = Texts.MachineNameOrFirst }.Offering("machines.list");
        return new TextCommand("hooks", Texts.ListsHooks)
        {
            machine,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var id = await Names.MachineOrFirstAsync(client, parsed.GetValue(machine), ct);
            var folder = (await client.CallAsync("machines.hooks", new { id }, ct))!;
            return output.Say(folder,
            [
                folder["problem"] is { } problem ? $"{problem["what"]} {problem["why"]} {problem["next"]}" : $"{folder["path"]}:",
                .. folder["files"]!.AsArray().Select(file => file!["why"] is { } why
                    ? Texts.HookUnusable(TextArgument.Of(file["name"]), TextArgument.Of(why))
                    : $"  {file["name"]}"),
            ]);
        });
    }
}
