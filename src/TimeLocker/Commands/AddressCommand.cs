using System.CommandLine;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>Where people open TimeLocker from elsewhere, through a proxy on its machine.</summary>
internal static class AddressCommand
{
    public static Command Build() => new TextCommand("address", Texts.AboutAddress) { Set(), Clear() }
        .Remote(async (_, client, output, ct) => Show(output, await client.CallAsync("address.get", null, ct)))
        .Also("show", Texts.ShowsWhereLinksInMessagesLead);

    private static Command Set()
    {
        var address = new Argument<string>("address") { Help = Texts.SuchAsAddress };
        return new TextCommand("set", Texts.LinksBeginWithThisAddress) { address }
            .Remote(async (parsed, client, output, ct) => Show(output,
                await client.CallAsync("address.set", new { address = parsed.GetValue(address) }, ct)));
    }

    private static Command Clear() => new TextCommand("clear", Texts.LinksLeadToThisMachineAgain)
        .Remote(async (_, client, output, ct) => Show(output,
            await client.CallAsync("address.set", new { address = (string?)null }, ct)));

    private static int Show(Output output, JsonNode? state)
    {
        return output.Say(state,
        [
            state!["public"] is { } elsewhere ? Texts.PublicLine(TextArgument.Of(elsewhere)) : Texts.PublicNone,
            Texts.LocalLine(TextArgument.Of(state["local"])),
            .. (bool?)state["readable"] == true
                ? [Texts.PasswordsReadableOnWay]
                : (string[])[],
        ]);
    }
}
