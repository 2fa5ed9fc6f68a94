using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>A token to be made.</summary>
public sealed record NewToken
{
    public required string Name { get; init; }
    public required Role Role { get; init; }

    /// <summary>One feed and nothing else; such a token is a Viewer's.</summary>
    public TokenScope Scope { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <param name="Token">Shown this once; only its hash is kept.</param>
public sealed record CreatedToken(ApiToken Row, string Token);

/// <summary>
/// The keys of programs. One works while it is neither revoked nor expired, and while who made it is still an Admin.
/// </summary>
public sealed class TokenCatalog(AuditLog audit, IDbContextFactory<TimeLockerDb> databases, OwnerToken owner,
    TimeProvider clock, ILogger<TokenCatalog> log)
{
    private static readonly TimeSpan TouchedAtMost = TimeSpan.FromMinutes(1);

    /// <summary>Newest first, without the hashes.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return [.. (await db.Tokens.AsNoTracking().OrderByDescending(t => t.Id).ToListAsync(ct)).Select(Shown)];
    }

    public async Task<CreatedToken> CreateAsync(NewToken token, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var name = token.Name.Trim();
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
        {
            throw ProblemException.Invalid(Problems.NameCannotUsedCharacters);
        }

        if (token.Scope != TokenScope.All && token.Role != Role.Viewer)
        {
            throw ProblemException.Invalid(Problems.TokenFeedNoMore(TextArgument.Of(token.Scope)));
        }

        if (token.ExpiresAt <= clock.GetUtcNow())
        {
            throw ProblemException.Invalid(Problems.TokenWouldExpiredFrom);
        }

        var value = NewValue();
        return await audit.ChangeAsync(who, "token.created", (db, note) =>
        {
            var row = new ApiToken
            {
                Id = $"t_{Guid.CreateVersion7():N}",
                Name = name,
                Role = token.Role,
                Scope = token.Scope,
                Hash = Hash(value),
                CreatedBy = who.Id,
                CreatedAt = clock.GetUtcNow(),
                ExpiresAt = token.ExpiresAt,
            };
            db.Tokens.Add(row);
            note.About("token", row.Id, new { role = row.Role.ToString(), scope = row.Scope.ToString(), expires = row.ExpiresAt });
            return Task.FromResult(new CreatedToken(Shown(row), value));
        }, ct);
    }

    public async Task RevokeAsync(string id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await audit.ChangeAsync(who, "token.revoked", async (db, note) =>
        {
            var row = await db.Tokens.SingleOrDefaultAsync(t => t.Id == id, ct)
                ?? throw ProblemException.NotFound(Texts.Token, Texts.OpenListTokens);
            row.RevokedAt ??= clock.GetUtcNow();
            note.About("token", row.Id);
        }, ct);
    }

    /// <summary>Who may act with this token; null when it is not good, or good for a feed only.</summary>
    public async Task<Actor?> FindAsync(string token, CancellationToken ct = default) =>
        Same(token, owner.Value) ? owner.Actor : await FindAsync(token, TokenScope.All, ct);

    /// <summary>
    /// Who may read a feed with this token. The figures are in the API, too, so a token for everything opens them; the
    /// calendar wants its own, since calendars keep what they are given.
    /// </summary>
    public async Task<Actor?> FindAsync(string token, TokenScope scope, CancellationToken ct = default)
    {
        var (hash, now) = (Hash(token), clock.GetUtcNow());
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await db.Tokens.AsNoTracking().SingleOrDefaultAsync(t => t.Hash == hash, ct);
        if (row is null || !Same(row.Hash, hash)
            || !(row.Scope == scope || (row.Scope == TokenScope.All && scope == TokenScope.Metrics)))
        {
            return null;
        }

        if (!await WorksAsync(db, row, now, ct))
        {
            return null;
        }

        if (row.UsedAt is null || now - row.UsedAt >= TouchedAtMost)
        {
            await TouchAsync(row.Id, now, ct);
        }

        return new(row.Id, row.Name, row.Role, Via.Api);
    }

    /// <summary>Whether a token that was good still is.</summary>
    internal static async Task<bool> WorksAsync(TimeLockerDb db, string? id, DateTimeOffset now, CancellationToken ct) =>
        id == Actor.Owner.Id
            || (await db.Tokens.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, ct) is { } row
                && await WorksAsync(db, row, now, ct));

    private static async Task<bool> WorksAsync(TimeLockerDb db, ApiToken row, DateTimeOffset now, CancellationToken ct) =>
        row.RevokedAt is null
            && !(row.ExpiresAt <= now)
            && await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == row.CreatedBy, ct)
                is null or { DisabledAt: null, Role: Role.Admin };

    internal static string NewValue() => "tl_" + WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    // A full disk must not keep programs from reading.
    private async Task TouchAsync(string id, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            await audit.TouchAsync(db => db.Tokens.Where(t => t.Id == id)
                .ExecuteUpdateAsync(t => t.SetProperty(x => x.UsedAt, now), ct), ct);
        }
        catch (Exception e) when (WriteFailure.Is(e))
        {
            log.LogWarning("The time of use of token {Token} was not written: {Reason}", id, e.Message);
        }
    }

    private static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static bool Same(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private static ApiToken Shown(ApiToken row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Role = row.Role,
        Scope = row.Scope,
        Hash = "",
        CreatedBy = row.CreatedBy,
        CreatedAt = row.CreatedAt,
        ExpiresAt = row.ExpiresAt,
        UsedAt = row.UsedAt,
        RevokedAt = row.RevokedAt,
    };
}

/// <summary>
/// For the command line of the owner of the state directory: made at each start, kept in memory and in a file that only
/// they can read.
/// </summary>
public sealed class OwnerToken
{
    public string Value { get; } = TokenCatalog.NewValue();
    public Actor Actor { get; } = Actor.Owner;
}
