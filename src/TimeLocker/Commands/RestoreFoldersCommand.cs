using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Server.Api;

namespace TimeLocker.Commands;

/// <summary>Where Operators may restore to.</summary>
internal static class RestoreFoldersCommand
{
    public static Command Build() => new TextCommand("restore-folders", Texts.AboutRestoreFolders) { Set(), Clear() }
        .Remote(async (_, client, output, ct) => Show(output, await client.CallAsync("restores.folders", null, ct)))
        .Also("show", Texts.ShowsRestoreFolders);

    private static Command Set()
    {
        var folders = new Argument<string[]>("folders") { Help = Texts.SuchAsFolder, Arity = ArgumentArity.OneOrMore };
        return new TextCommand("set", Texts.LimitsRestoreFolders) { folders }
            .Remote((parsed, client, output, ct) => SetAsync(client, output,
                [.. parsed.GetValue(folders)!.Select(Path.GetFullPath)], ct));
    }

    private static Command Clear() => new TextCommand("clear", Texts.UnlimitsRestoreFolders)
        .Remote((_, client, output, ct) => SetAsync(client, output, [], ct));

    private static async Task<int> SetAsync(RpcClient client, Output output, string[] folders, CancellationToken ct)
    {
        var revision = (int)(await client.CallAsync("restores.folders", null, ct))!["revision"]!;
        return Show(output, await client.CallAsync("restores.set-folders", new { folders, revision }, ct));
    }

    private static int Show(Output output, JsonNode? state)
    {
        if (output.Json)
        {
            output.Value(state);
            return Exit.Ok;
        }

        if (state!["problem"].Deserialize<Problem>(ApiJson.Options) is { } problem)
        {
            throw new ProblemException(ProblemKind.Failed, problem);
        }

        var folders = state["folders"]!.AsArray();
        output.Line(folders.Count == 0
            ? Texts.RestoreFoldersUnlimited
            : Texts.RestoreFoldersLimited);
        foreach (var folder in folders)
        {
            output.Line($"  {Output.Visible($"{folder}")}");
        }

        return Exit.Ok;
    }
}
