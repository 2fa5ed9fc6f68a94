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
    public static Command Build() => new("token", "Looks after API tokens, for the owner of the state directory; with the server running or not.") { Create(), List(), Revoke() };

    private static Command Create()
    {
        var name = new Option<string>("--name") { Description = "What it is for.", Required = true };
        var role = new Option<Role>("--role") { Description = "Admin, Operator, Auditor or Viewer.", DefaultValueFactory = _ => Role.Viewer };
        var scope = new Option<TokenScope>("--scope") { Description = "All, or one feed and nothing else: Metrics (/metrics) or Calendar (/calendar.ics)." };
        var days = new Option<int?>("--days") { Description = "Ends after so many days. Without it: when it is revoked." };
        return new Command("create", "Makes a token and prints it, this once.") { name, role, scope, days }.Local(async (parsed, output, ct) =>
        {
            await using var desks = await OfflineDesks.OpenAsync(Shared.Options(parsed), create: false, ct);
            var expires = parsed.GetValue(days) is { } count ? TimeProvider.System.GetUtcNow().AddDays(count) : (DateTimeOffset?)null;
            var created = await desks.GetRequiredService<TokenCatalog>().CreateAsync(new() { Name = parsed.GetValue(name)!, Role = parsed.GetValue(role), Scope = parsed.GetValue(scope), ExpiresAt = expires }, Actor.Owner, ct);
            if (output.Json)
            {
                output.Value(new { token = created.Token, id = created.Row.Id, name = created.Row.Name, role = created.Row.Role, scope = created.Row.Scope, expiresAt = created.Row.ExpiresAt });
            }

            output.Line(created.Token);
            return Exit.Ok;
        });
    }

    private static Command List() => new Command("list", "Lists the tokens.").Local(async (parsed, output, ct) =>
    {
        await using var desks = await OfflineDesks.OpenAsync(Shared.Options(parsed), create: false, ct);
        var tokens = (await desks.GetRequiredService<TokenCatalog>().ListAsync(ct)).Select(t => new { t.Id, t.Name, t.Role, t.Scope, t.CreatedAt, t.ExpiresAt, t.UsedAt, t.RevokedAt });
        output.Table(JsonSerializer.SerializeToNode(tokens, ApiJson.Options),
            ("ID", t => t["id"]?.ToString()), ("Name", t => t["name"]?.ToString()), ("Role", t => t["role"]?.ToString()), ("Opens", t => t["scope"]?.ToString()),
            ("Last used", t => Names.Time(t["usedAt"])), ("Revoked", t => Names.Time(t["revokedAt"])));
        return Exit.Ok;
    });

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "The token's id, from “token list”." };
        return new Command("revoke", "Ends a token at once.") { id }.Local(async (parsed, output, ct) =>
        {
            await using var desks = await OfflineDesks.OpenAsync(Shared.Options(parsed), create: false, ct);
            await desks.GetRequiredService<TokenCatalog>().RevokeAsync(parsed.GetValue(id)!, Actor.Owner, ct);
            output.Line("The token is revoked.");
            return Exit.Ok;
        });
    }
}
