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
    public static Command Build() => new TextCommand("token", Texts.AboutTokens)
    {
        Create(), Revoke(),
    }.Local(ListAsync, "tokens.list").Also("list", Texts.ListsApiTokens);

    private static Command Create()
    {
        var name = new Option<string>("--name") { Help = Texts.TokenPurpose, Required = true };
        var role = Choice.Option<Role>("--role", Texts.TokenRole);
        var scope = Choice.Option<TokenScope>("--scope", Texts.TokenScopes);
        var days = new Option<int?>("--days") { Help = Texts.TokenDays };
        return new TextCommand("create", Texts.MakesToken) { name, role, scope, days }.Local(async (parsed, output, ct) =>
        {
            await using var desks = await OfflineState.OpenAsync(parsed, ct);
            var expires = parsed.GetValue(days) is { } count ? TimeProvider.System.GetUtcNow().AddDays(count)
                : (DateTimeOffset?)null;
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
        var tokens = (await desks.GetRequiredService<TokenCatalog>()
            .ListAsync(ct)).Select(t => new
            {
                t.Id,
                t.Name,
                t.Role,
                t.Scope,
                t.CreatedAt,
                t.ExpiresAt,
                t.UsedAt,
                t.RevokedAt
            });
        return output.Table(JsonSerializer.SerializeToNode(tokens, ApiJson.Options),
            (Texts.ColumnId, t => t["id"]?.ToString()),
            (Texts.ColumnName, t => t["name"]?.ToString()),
            (Texts.ColumnRole, t => t["role"]?.ToString()),
            (Texts.ColumnOpens, t => t["scope"]?.ToString()),
            (Names.When(Texts.ColumnLastUsed), t => Names.Time(t["usedAt"])),
            (Names.When(Texts.ColumnEnds), t => Names.Time(t["expiresAt"])),
            (Names.When(Texts.ColumnRevoked), t => Names.Time(t["revokedAt"])));
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Help = Texts.TokenId };
        return new TextCommand("revoke", Texts.EndsTokenAtOnce) { id }.Local(async (parsed, output, ct) =>
        {
            await using var desks = await OfflineState.OpenAsync(parsed, ct);
            await desks.GetRequiredService<TokenCatalog>().RevokeAsync(parsed.GetValue(id)!, Actor.Owner, ct);
            return output.Say(new { id = parsed.GetValue(id), revoked = true }, Texts.TokenIsRevoked);
        }, "tokens.revoke");
    }
}
