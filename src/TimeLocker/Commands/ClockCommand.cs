using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

internal static class ClockCommand
{
    public static Command Build() => new TextCommand("clock", Texts.AboutClock)
    {
        new TextCommand("trust",
            Texts.ConfirmsClock).Remote(async (_, client, output, ct) => Show(output,
                await client.CallAsync("clock.trust", null, ct))),
    }.Remote(async (_, client, output, ct) => Show(output, await client.CallAsync("clock.get", null, ct))).Also("show",
    Texts.ShowsWhetherServerTrustsItsClock);

    private static int Show(Output output, JsonNode? state)
    {
        var doubt = state!["doubt"];
        output.Say(state,
            doubt is null ? Texts.ClockIsTrusted(Names.Moment(state["now"]))
                : $"{doubt["what"]} {doubt["why"]}\n{doubt["next"]}");
        return doubt is null ? Exit.Ok : Exit.Failed;
    }
}
