using System.CommandLine;

namespace TimeLocker.Commands;

/// <summary>What others wrote and this server runs: how it stands, allowing it, forbidding it.</summary>
internal static class PluginsCommand
{
    private const string Next = "Start TimeLocker again for this to count.";

    public static Command Build() => new Command("plugins", "Lists the plugins of this server, allows one by its hash, or forbids it.")
    {
        Allow(), Forbid(),
    }.Remote(ListAsync).Also("list");

    private static async Task<int> ListAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct)
    {
        var list = (await client.CallAsync("plugins.list", null, ct))!;
        if (output.Json)
        {
            output.Value(list);
            return Exit.Ok;
        }

        output.Line(list["folder"] is { } folder ? $"Folder  {folder}" : "This server was started without plugins.");
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
                output.Line(Output.Visible($"  adds {part!["what"]} {part["kind"]}: {part["title"]}"));
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
        var name = new Argument<string>("name") { Description = "The plugin, as its folder is called." };
        var hash = new Argument<string>("hash") { Description = "Its SHA-256, as “plugins list” shows it: with any other files it stays off." };
        return new Command("allow", "Allows the files that a plugin has now. It runs as a part of TimeLocker and can read every password that TimeLocker keeps.")
        {
            name, hash,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var plugin = await client.CallAsync("plugins.allow", new { name = parsed.GetValue(name), hash = parsed.GetValue(hash) }, ct);
            return output.Say(plugin, $"Allowed. {Next}");
        });
    }

    private static Command Forbid()
    {
        var name = new Argument<string>("name") { Description = "The plugin." };
        return new Command("forbid", "Forbids a plugin. What uses it waits until it is allowed again.")
        {
            name,
        }.Remote(async (parsed, client, output, ct) =>
        {
            await client.CallAsync("plugins.forbid", new { name = parsed.GetValue(name) }, ct);
            return output.Say(new { name = parsed.GetValue(name) }, $"Forbidden. {Next}");
        });
    }
}
