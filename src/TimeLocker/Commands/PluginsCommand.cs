using System.CommandLine;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>What others wrote and this server runs: how it stands, allowing it, forbidding it.</summary>
internal static class PluginsCommand
{
    public static Command Build() => new TextCommand("plugins", Texts.AboutPlugins)
    {
        Allow(), Forbid(),
    }.Remote(ListAsync).Also("list", Texts.ListsPluginsOfThisServer);

    private static async Task<int> ListAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct)
    {
        var list = (await client.CallAsync("plugins.list", null, ct))!;
        if (output.Json)
        {
            output.Value(list);
            return Exit.Ok;
        }

        output.Line(list["folder"] is { } folder ? Texts.FolderLine(TextArgument.Of(folder))
            : Texts.ThisServerWasStartedWithoutPlugins);
        if (list["problem"] is { } problem)
        {
            output.Line($"{problem["what"]} {problem["why"]} {problem["next"]}");
        }

        foreach (var plugin in list["items"]!.AsArray())
        {
            output.Line("");
            output.Line(Output.Visible($"{plugin!["name"]}  {plugin["state"]}"));
            if (plugin["hash"]!.ToString() is { Length: > 0 } hash)
            {
                output.Line($"  SHA-256 {hash}");
            }

            foreach (var part in plugin["adds"]!.AsArray())
            {
                output.Line(Output.Visible(Texts.PluginAdds(TextArgument.Of(part!["what"]),
                    TextArgument.Of(part["kind"]), TextArgument.Of(part["title"]))));
            }

            if (plugin["problem"] is { } fault)
            {
                output.Line(Output.Visible($"  {fault["what"]} {fault["why"]} {fault["next"]}"));
            }
        }

        return Exit.Ok;
    }

    private static Command Allow()
    {
        var name = new Argument<string>("name") { Help = Texts.PluginAsItsFolderIsCalled };
        var hash = new Argument<string>("hash") { Help = Texts.PluginHash };
        return new TextCommand("allow", Texts.AllowsFilesThatPluginHasNow)
        {
            name, hash,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var plugin = await client.CallAsync("plugins.allow",
                new { name = parsed.GetValue(name), hash = parsed.GetValue(hash) }, ct);
            return output.Say(plugin, Texts.PluginAllowed);
        });
    }

    private static Command Forbid()
    {
        var name = new Argument<string>("name") { Help = Texts.PluginName };
        return new TextCommand("forbid", Texts.ForbidsPlugin)
        {
            name,
        }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("plugins.forbid", new { name = parsed.GetValue(name) }, ct);
            return output.Say(new { name = parsed.GetValue(name) }, Texts.PluginForbidden);
        });
    }
}
