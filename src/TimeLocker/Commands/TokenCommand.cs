using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Server;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;

namespace TimeLocker.Commands;

internal static class TokenCommand
{
    public static Command Build() => new Command("token",
            "Lists the API tokens; makes and revokes them. For the owner of the state directory, whether the server is running or not.")
    {
        Create(), Revoke(),
    }.Local(ListAsync, "tokens.list").Also("list");

    private static Command Create()
    {
        var name = new Option<string>("--name") { Description = "What it is for.", Required = true };
        var role = Choice.Option<Role>("--role", "What it may do. Without it: viewer.");
        var scope = Choice.Option<TokenScope>("--scope", "All, or one feed and nothing else: metrics (/metrics) or calendar (/calendar.ics).");
        var days = new Option<int?>("--days") { Description = "Days until it ends. Without it: it ends when it is revoked." };
        return new Command("create", "Makes a token and prints it; it is never shown again.") { name, role, scope, days }.Local(async (parsed, output, ct) =>
        {
            await using var desks = await OfflineState.OpenAsync(parsed, ct);
            var expires = parsed.GetValue(days) is { } count ? TimeProvider.System.GetUtcNow().AddDays(count) : (DateTimeOffset?)null;
            var created = await desks.GetRequiredService<TokenCatalog>().CreateAsync(
                new()
                {
                    Name = parsed.GetValue(name)!,
                    Role = parsed.GetValue(role) ?? Role.Viewer,
                    Scope = parsed.GetValue(scope) ?? TokenScope.All,
                    ExpiresAt = expires,
                },
                Actor.Owner,
                ct);
            return output.Say(
                new
                {
                    token = created.Token,
                    id = created.Row.Id,
                    name = created.Row.Name,
                    role = created.Row.Role,
                    scope = created.Row.Scope,
                    expiresAt = created.Row.ExpiresAt,
                },
                created.Token);
        }, "tokens.create");
    }

    private static async Task<int> ListAsync(ParseResult parsed, Output output, CancellationToken ct)
    {
        await using var desks = await OfflineState.OpenAsync(parsed, ct);
        var tokens = (await desks.GetRequiredService<TokenCatalog>().ListAsync(ct)).Select(t => new { t.Id, t.Name, t.Role, t.Scope, t.CreatedAt, t.ExpiresAt, t.UsedAt, t.RevokedAt });
        return output.Table(JsonSerializer.SerializeToNode(tokens, ApiJson.Options),
            ("ID", t => t["id"]?.ToString()), ("Name", t => t["name"]?.ToString()), ("Role", t => t["role"]?.ToString()), ("Opens", t => t["scope"]?.ToString()),
            (Names.When("Last used"), t => Names.Time(t["usedAt"])),
            (Names.When("Ends"), t => Names.Time(t["expiresAt"])),
            (Names.When("Revoked"), t => Names.Time(t["revokedAt"])));
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "The token's id, from “token”." };
        return new Command("revoke", "Ends a token at once.") { id }.Local(async (parsed, output, ct) =>
        {
            await using var desks = await OfflineState.OpenAsync(parsed, ct);
            await desks.GetRequiredService<TokenCatalog>().RevokeAsync(parsed.GetValue(id)!, Actor.Owner, ct);
            return output.Say(new { id = parsed.GetValue(id), revoked = true }, "The token is revoked.");
        }, "tokens.revoke");
    }
}
