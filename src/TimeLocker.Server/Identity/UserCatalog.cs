using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

public sealed record NewUser
{
    public required string Name { get; init; }
    public required Role Role { get; init; }
    public required Secret Password { get; init; }
}

/// <summary>The people who may sign in. They are never removed, only disabled: the audit trail goes on naming their ids.</summary>
public sealed class UserCatalog(
    AuditLog audit,
    IDbContextFactory<TimeLockerDb> databases,
    Accounts accounts,
    Sessions sessions,
    SignInDelay delay,
    TimeProvider clock)
{
    /// <summary>By name, without hashes and stamps.</summary>
    public async Task<IReadOnlyList<User>> ListAsync(CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Users.OrderBy(u => u.NormalizedUserName)
            .Select(u => new User
            {
                Id = u.Id,
                UserName = u.UserName,
                Role = u.Role,
                CreatedAt = u.CreatedAt,
                SignedInAt = u.SignedInAt,
                DisabledAt = u.DisabledAt,
                Revision = u.Revision,
            }).ToListAsync(ct);
    }

    /// <summary>For commands that name a person.</summary>
    public async Task<string> IdOfAsync(string userName, CancellationToken ct = default)
    {
        var normalized = accounts.Normalize(userName);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Users.Where(u => u.NormalizedUserName == normalized).Select(u => u.Id).SingleOrDefaultAsync(ct)
            ?? throw NoSuchUser();
    }

    public async Task<User> CreateAsync(NewUser user, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        return await audit.ChangeAsync(who, "user.created", async (db, note) =>
        {
            var made = await accounts.AddAsync(db, user.Name, user.Role, user.Password);
            note.About("user", made.Id, new { role = made.Role.ToString() });
            return Shown(made);
        }, ct);
    }

    public async Task ChangeRoleAsync(string id, Role role, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await ChangeAsync(who, "user.role-changed", id, async (db, user) =>
        {
            await MustLeaveAnAdminAsync(db, user, staysAdmin: role == Role.Admin);
            user.Role = role;
            Accounts.EndSessions(user);
        }, ct);
    }

    public async Task ResetPasswordAsync(string id, Secret password, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await ChangeAsync(who, "user.password-reset", id, (_, user) =>
        {
            accounts.SetPassword(user, password);
            return Task.CompletedTask;
        }, ct);
    }

    public async Task DisableAsync(string id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await ChangeAsync(who, "user.disabled", id, async (db, user) =>
        {
            await MustLeaveAnAdminAsync(db, user, staysAdmin: false);
            user.DisabledAt ??= clock.GetUtcNow();
            Accounts.EndSessions(user);
        }, ct);
    }

    public async Task EnableAsync(string id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        await ChangeAsync(who, "user.enabled", id, (_, user) =>
        {
            user.DisabledAt = null;
            return Task.CompletedTask;
        }, ct);
    }

    /// <summary>Ends every session of the user, this one too: sign in again afterwards.</summary>
    public async Task ChangeOwnPasswordAsync(Secret current, Secret next, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Viewer);
        if (delay.Begin($"own:{who.Id}") is { } wait)
        {
            throw new ProblemException(ProblemKind.TooMany, Problems.PasswordNotChangedCurrent(Math.Ceiling(wait.TotalSeconds)));
        }

        await ChangeAsync(who, "user.password-changed", who.Id, (_, user) =>
        {
            if (!accounts.Matches(user, current))
            {
                throw ProblemException.Invalid(Problems.PasswordNotChangedCurrentEnter);
            }

            delay.Succeeded($"own:{who.Id}");
            accounts.SetPassword(user, next);
            return Task.CompletedTask;
        }, ct);
    }

    private async Task ChangeAsync(Actor who, string kind, string id, Func<TimeLockerDb, User, Task> change, CancellationToken ct)
    {
        await audit.ChangeAsync(who, kind, async (db, note) =>
        {
            var user = await db.Users.SingleOrDefaultAsync(u => u.Id == id, ct) ?? throw NoSuchUser();
            await change(db, user);
            note.About("user", user.Id);
        }, ct);
        await sessions.LookAsync();
    }

    private static async Task MustLeaveAnAdminAsync(TimeLockerDb db, User user, bool staysAdmin)
    {
        if (!staysAdmin && user is { Role: Role.Admin, DisabledAt: null }
            && !await db.Users.AnyAsync(u => u.Id != user.Id && u.Role == Role.Admin && u.DisabledAt == null))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.LastAdminCannotRemoved);
        }
    }

    private static User Shown(User user) =>
        new() { Id = user.Id, UserName = user.UserName, Role = user.Role, CreatedAt = user.CreatedAt };

    private static ProblemException NoSuchUser() => ProblemException.NotFound(Texts.User, Texts.OpenListUsers);
}
