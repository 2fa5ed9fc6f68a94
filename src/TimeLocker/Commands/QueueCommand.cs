using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class QueueCommand
{
    public static Command Build() => new Command("queue",
            "Shows what is waiting and for what, and whether everything is paused; sets how many runs a machine does at a time.") { Limit() }
        .Remote(async (_, client, output, ct) => Show(await client.CallAsync("queue.get", null, ct), output)).Also("show");

    private static Command Limit()
    {
        var runs = new Argument<int>("runs") { Description = "How many." };
        var machine = new Option<string?>("--machine") { Description = "Name or id. Without it: this one." }.Offering("machines.list");
        return new Command("limit", "Sets how many runs a machine does at a time.") { runs, machine }.Remote(async (parsed, client, output, ct) =>
        {
            var machineId = parsed.GetValue(machine) is { } given ? await Names.MachineAsync(client, given, ct) : null;
            return Show(await client.CallAsync("queue.limit", new { runs = parsed.GetValue(runs), machineId }, ct), output);
        });
    }

    private static int Show(JsonNode? state, Output output) => output.Say(state,
    [
        state!["paused"] is { } pause ? $"Paused until {Names.Moment(pause["until"])}." : "Not paused.",
        $"This machine does {Names.Count(state["machineCap"], "run")} at a time.",
        .. state["waiting"]!.AsArray().OfType<JsonNode>() is var waiting && waiting.Any()
            ? waiting.Select(w => $"  {w["title"]}: {w["reason"]}")
            : ["Nothing waits."],
    ]);
}
