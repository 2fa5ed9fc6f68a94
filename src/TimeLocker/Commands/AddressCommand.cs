using System.CommandLine;
using System.Text.Json.Nodes;

namespace TimeLocker.Commands;

/// <summary>Where people open TimeLocker from elsewhere, through a proxy on its machine.</summary>
internal static class AddressCommand
{
    public static Command Build() => new Command("address", "Shows where links in messages lead; sets the public address, at which a proxy on this machine passes people on.") { Set(), Clear() }
        .Remote(async (_, client, output, ct) => Show(output, await client.CallAsync("address.get", null, ct))).Also("show");

    private static Command Set()
    {
        var address = new Argument<string>("address") { Description = "Such as https://backup.example.com." };
        return new Command("set", "Links begin with this address, and its host is answered when a proxy on this machine asks.") { address }
            .Remote(async (parsed, client, output, ct) => Show(output, await client.CallAsync("address.set", new { address = parsed.GetValue(address) }, ct)));
    }

    private static Command Clear() => new Command("clear", "Links lead to this machine again, and no other host is answered.")
        .Remote(async (_, client, output, ct) => Show(output, await client.CallAsync("address.set", new { address = (string?)null }, ct)));

    private static int Show(Output output, JsonNode? state)
    {
        return output.Say(state,
        [
            state!["public"] is { } elsewhere ? $"Public     {elsewhere}" : "Public     none: links open on this machine only",
            $"Here       {state["local"]}",
            .. (bool?)state["readable"] == true
                ? ["Passwords can be read on the way to it: give the proxy a certificate, and set it as https://…"]
                : (string[])[],
        ]);
    }
}
