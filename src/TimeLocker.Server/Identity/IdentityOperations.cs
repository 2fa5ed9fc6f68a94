using TimeLocker.Core;
using TimeLocker.Core.Revisions;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

public static class IdentityOperations
{
    /// <summary>A person who may sign in.</summary>
    public sealed record Account(
        string Id,
        string? Name,
        Role Role,
        DateTimeOffset CreatedAt,
        DateTimeOffset? SignedInAt,
        DateTimeOffset? DisabledAt,
        int Revision)
        : IRevised
    {
        public static Account Of(User user) =>
            new(user.Id, user.UserName, user.Role, user.CreatedAt, user.SignedInAt, user.DisabledAt, user.Revision);
    }

    /// <summary>A new token; its text is answered this once.</summary>
    /// <param name="Token">The token itself; nothing of it is kept.</param>
    public sealed record IssuedToken(string Token, string Id, string Name, Role Role, TokenScope Scope, DateTimeOffset? ExpiresAt);

    /// <summary>A token, without its text.</summary>
    public sealed record TokenLine(string Id, string Name, Role Role, TokenScope Scope, DateTimeOffset CreatedAt,
        DateTimeOffset? ExpiresAt, DateTimeOffset? UsedAt, DateTimeOffset? RevokedAt)
    {
        public static TokenLine Of(ApiToken token) =>
            new(token.Id, token.Name, token.Role, token.Scope, token.CreatedAt, token.ExpiresAt, token.UsedAt,
                token.RevokedAt);
    }

    /// <summary>A person to be let in.</summary>
    public sealed record NewAccount(string Name, Role Role, Secret Password);

    /// <summary>A password that an Admin gives to somebody.</summary>
    public sealed record NewPassword(Secret Password);

    /// <summary>What somebody may do from now on.</summary>
    public sealed record NewRole(Role Role, int? Revision = null);

    public static void Map(OperationMap map)
    {
        map.Get("users.list", "/users", Role.Admin, "The accounts.",
            async (UserCatalog users,
                CancellationToken ct) => new Page<Account>([.. (await users.ListAsync(ct)).Select(Account.Of)], null));
        map.Post("users.create", "/users", Role.Admin, "Makes an account.",
            async (UserCatalog users, NewAccount account, Actor who,
                CancellationToken ct) =>
                Account.Of(await users.CreateAsync(new()
                {
                    Name = account.Name,
                    Role = account.Role,
                    Password = account.Password,
                }, who, ct)), 201);
        map.Put("users.change-role", "/users/{id}/role", Role.Admin, "Gives an account another role.",
            (UserCatalog users, string id, NewRole wanted, Actor who, CancellationToken ct) =>
                users.ChangeRoleAsync(id, wanted.Role, who.Having(wanted.Revision), ct));
        map.Put("users.reset-password", "/users/{id}/password", Role.Admin,
            "Gives an account a new password and ends its sessions.",
            (UserCatalog users, string id, NewPassword wanted, Actor who,
                CancellationToken ct) => users.ResetPasswordAsync(id, wanted.Password, who, ct));
        map.Post("users.disable", "/users/{id}/disable", Role.Admin, "Ends an account's sessions and blocks it from signing in.",
            (UserCatalog users, string id, Actor who, CancellationToken ct) => users.DisableAsync(id, who, ct));
        map.Post("users.enable", "/users/{id}/enable", Role.Admin, "Lets a disabled account in again.",
            (UserCatalog users, string id, Actor who, CancellationToken ct) => users.EnableAsync(id, who, ct));
        map.Get("tokens.list", "/tokens", Role.Admin, "The API tokens; not the tokens themselves.",
            async (TokenCatalog tokens,
                CancellationToken ct) => new Page<TokenLine>([.. (await tokens.ListAsync(ct)).Select(TokenLine.Of)],
                null));
        map.Post("tokens.create", "/tokens", Role.Admin, "Makes a token; it is in this answer and nowhere else.",
            async (TokenCatalog tokens, NewToken token, Actor who, CancellationToken ct) =>
            {
                var created = await tokens.CreateAsync(token, who, ct);
                return new IssuedToken(created.Token, created.Row.Id, created.Row.Name, created.Row.Role,
                    created.Row.Scope, created.Row.ExpiresAt);
            }, 201);
        map.Delete("tokens.revoke", "/tokens/{id}", Role.Admin, "Ends a token at once.",
            (TokenCatalog tokens, string id, Actor who, CancellationToken ct) => tokens.RevokeAsync(id, who, ct));
        map.Get("address.get", "/address", Role.Viewer, "Where links in messages lead: the public address, or this machine.",
            (PublicAddress address) => address.State);
        map.Put("address.set", "/address", Role.Admin,
            "Sets the address at which people open TimeLocker through a proxy on its machine; null: none.",
            (PublicAddress address, NewAddress wanted, Actor who,
                CancellationToken ct) => address.SetAsync(wanted.Address, who.Having(wanted.Revision), ct));
    }
}
