using System.CommandLine;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Commands;

/// <summary>The key to all secrets: where it is, moving it, replacing it.</summary>
internal static class SecretsCommand
{
    public static Command Build() => new TextCommand("secrets", Texts.AboutSecrets)
    {
        Move(), Rotate(),
    }.Remote(ShowAsync).Also("show", Texts.ShowsWhichStoreGuardsKey);

    private static async Task<int> ShowAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct)
    {
        var facts = await client.CallAsync("secrets.show", null, ct);
        if (output.Json)
        {
            output.Value(facts);
            return Exit.Ok;
        }

        output.Line(Texts.KeyIsGuardedBy(TextArgument.Of(facts!["title"]), TextArgument.Of(facts["kind"])));
        output.Line($"{facts["means"]}");
        output.Line("");
        output.Table(facts["stores"], (Texts.ColumnKind, s => s["kind"]?.ToString()),
            (Texts.ColumnStore, s => s["title"]?.ToString()),
            (Texts.ColumnCanBeUsed,
                s => s["current"]?.GetValue<bool>() == true ? Texts.StoreInUse : s["whyNot"]?.ToString() ?? "yes"));
        return Exit.Ok;
    }

    private static Command Move()
    {
        var kind = new Argument<string>("kind") { Help = Texts.KindsOfStore };
        return new TextCommand("move", Texts.MovesKeyToAnotherStore)
        {
            kind,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var to = parsed.GetValue(kind)!;
            var passphrase = to == PassphraseStore.StoreKind
                ? (await CommandFrame.ReadSecretAsync(Texts.NewPassphraseOfTimeLocker, ct)).Reveal() : null;
            var facts = await client.CallAsync("secrets.move", new { kind = to, passphrase }, ct);
            Said(output, facts, Texts.KeyMoved);
            return Exit.Ok;
        });
    }

    private static Command Rotate() => new TextCommand("rotate", Texts.ReplacesKey).Remote(async (_, client, output, ct) =>
    {
        Said(output, await client.CallAsync("secrets.rotate", null, ct), Texts.KeyReplaced);
        return Exit.Ok;
    });

    private static void Said(Output output, System.Text.Json.Nodes.JsonNode? facts, Func<TextArgument, TextArgument, Text> words)
    {
        output.Say(facts, words(TextArgument.Of(facts!["title"]), TextArgument.Of(facts["kind"])));
    }
}
