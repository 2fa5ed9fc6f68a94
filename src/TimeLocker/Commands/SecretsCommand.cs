using System.CommandLine;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Commands;

/// <summary>The key to all secrets: where it is, moving it, replacing it.</summary>
internal static class SecretsCommand
{
    public static Command Build() => new Command("secrets", "Shows which store guards the key to all stored passwords; moves or replaces the key.")
    {
        Move(), Rotate(),
    }.Remote(ShowAsync).Also("show");

    private static async Task<int> ShowAsync(ParseResult parsed, RpcClient client, Output output, CancellationToken ct)
    {
        var facts = await client.CallAsync("secrets.show", null, ct);
        if (output.Json)
        {
            output.Value(facts);
            return Exit.Ok;
        }

        output.Line($"The key is guarded by: {facts!["title"]} ({facts["kind"]})");
        output.Line($"{facts["means"]}");
        output.Line("");
        output.Table(facts["stores"], ("Kind", s => s["kind"]?.ToString()), ("Store", s => s["title"]?.ToString()),
            ("Can be used", s => s["current"]?.GetValue<bool>() == true ? "in use" : s["whyNot"]?.ToString() ?? "yes"));
        return Exit.Ok;
    }

    private static Command Move()
    {
        var kind = new Argument<string>("kind") { Description = "key-file, secret-service, systemd-credential or passphrase." };
        return new Command("move", "Moves the key to another store. A new passphrase is asked for, or read from standard input.")
        {
            kind,
        }.Remote(async (parsed, client, output, ct) =>
        {
            var to = parsed.GetValue(kind)!;
            var passphrase = to == PassphraseStore.StoreKind ? (await CommandFrame.ReadSecretAsync("New passphrase of TimeLocker: ", ct)).Reveal() : null;
            var facts = await client.CallAsync("secrets.move", new { kind = to, passphrase }, ct);
            Said(output, facts, "Moved. The key is now guarded by");
            return Exit.Ok;
        });
    }

    private static Command Rotate() => new Command("rotate", "Replaces the key where it is, and seals every secret anew.").Remote(async (_, client, output, ct) =>
    {
        Said(output, await client.CallAsync("secrets.rotate", null, ct), "Replaced. The new key is guarded by");
        return Exit.Ok;
    });

    private static void Said(Output output, System.Text.Json.Nodes.JsonNode? facts, string words)
    {
        output.Say(facts, $"{words}: {facts!["title"]} ({facts["kind"]})");
    }
}
