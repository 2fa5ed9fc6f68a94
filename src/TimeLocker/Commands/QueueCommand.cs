using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class QueueCommand
{
    public static Command Build() => new TextCommand("queue", Texts.AboutQueue) { Limit() }
        .Remote(async (_, client, output, ct) => Show(await client.CallAsync("queue.get", null, ct), output))
        .Also("show", Texts.ShowsWhatIsWaiting);

    private static Command Limit()
    {
        var runs = new Argument<int>("runs") { Help = Texts.HowMany };
        var machine = new Option<string?>("--machine") { Help = Texts.MachineNameOrThisOne }.Offering("machines.list");
        return new TextCommand("limit", Texts.SetsMachineCap) { runs, machine }.Remote(async (parsed, client, output, ct) =>
        {
            var machineId = parsed.GetValue(machine) is { } given ? await Names.MachineAsync(client, given, ct) : null;
            return Show(await client.CallAsync("queue.limit", new { runs = parsed.GetValue(runs), machineId }, ct), output);
        });
    }

    private static int Show(JsonNode? state, Output output) => output.Say(state,
    [
        state!["paused"] is { } pause ? Texts.PausedUntil(Names.Moment(pause["until"])) : Texts.NotPaused,
        Texts.MachineCap(Names.Number(state["machineCap"])),
        .. state["waiting"]!.AsArray().OfType<JsonNode>() is var waiting && waiting.Any()
            ? waiting.Select(w => $"  {w["title"]}: {w["reason"]}")
            : [Texts.NothingWaits],
    ]);
}
