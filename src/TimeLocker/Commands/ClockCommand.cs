using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class ClockCommand
{
    public static Command Build() => new Command("clock", "Shows whether the server trusts its clock. Exit code 0: it does; 1: it does not.")
    {
        new Command("trust", "Confirms that the clock is right after a jump; until then nothing is removed.").Remote(async (_, client, output, ct) => Show(output, await client.CallAsync("clock.trust", null, ct))),
    }.Remote(async (_, client, output, ct) => Show(output, await client.CallAsync("clock.get", null, ct))).Also("show");

    private static int Show(Output output, JsonNode? state)
    {
        var doubt = state!["doubt"];
        output.Say(state, doubt is null ? $"The clock is trusted: {Names.Moment(state["now"])}." : $"{doubt["what"]} {doubt["why"]}\n{doubt["next"]}");
        return doubt is null ? Exit.Ok : Exit.Failed;
    }
}
