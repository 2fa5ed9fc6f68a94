using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <param name="User">Null: refused, for whatever reason.</param>
/// <param name="Wait">Refused unread; how long until the next try is read.</param>
public sealed record SignIn(User? User, TimeSpan? Wait = null);

/// <summary>Decides who comes in. A wrong name, a wrong password and a disabled account look and cost the same.</summary>
public sealed class SignInDesk(AuditLog audit, IDbContextFactory<TimeLockerDb> databases, Accounts accounts,
    SignInDelay delay, TimeProvider clock)
{
    private static readonly Actor Nobody = new("nobody", "nobody", Role.Viewer, Via.Ui);

    /// <param name="device">The user that this browser has signed in as before, and its own number: it waits for its
    /// own mistakes only, so somebody else's guessing cannot keep the owner of the account out.</param>
    public async Task<SignIn> TryAsync(string userName, Secret password, KnownDevice? device, CancellationToken ct)
    {
        var normalized = accounts.Normalize(userName);
        await using var db = await databases.CreateDbContextAsync(ct);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedUserName == normalized, ct);
        var key = device is not null && device.UserId == user?.Id ? $"device:{device.Number}" : $"name:{normalized}";
        if (delay.Begin(key) is { } wait)
        {
            return new(null, wait);
        }

        if (!accounts.Matches(user, password))
        {
            await audit.ChangeAsync(Nobody, "user.sign-in-failed", (_, note) =>
            {
                note.About("user",
                user?.Id ?? "unknown"); return Task.CompletedTask;
            }, ct);
            return new(null);
        }

        delay.Succeeded(key);
        await audit.ChangeAsync(new(user!.Id, user.UserName!, user.Role, Via.Ui), "user.signed-in", async (changes, note) =>
        {
            await changes.Users.Where(u => u.Id == user.Id)
                .ExecuteUpdateAsync(u => u.SetProperty(x => x.SignedInAt, clock.GetUtcNow()), ct);
            note.About("user", user.Id);
        }, ct);
        return new(user);
    }
}
