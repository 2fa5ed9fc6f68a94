using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>How an account row is made and how its password is set and tried; used inside the desks' transactions.</summary>
public sealed class Accounts(IPasswordHasher<User> hasher, ILookupNormalizer normalizer, TimeProvider clock)
{
    // Tried for names that nobody has, so that they take as long as the others.
    private readonly Lazy<string> decoy = new(() => hasher.HashPassword(new User(), Guid.NewGuid().ToString()));

    public string Normalize(string name) => normalizer.NormalizeName(name.Trim());

    public async Task<User> AddAsync(TimeLockerDb db, string userName, Role role, Secret password)
    {
        var name = AccountRules.UserName(userName);
        var normalized = Normalize(name);
        if (await db.Users.AnyAsync(u => u.NormalizedUserName == normalized))
        {
            throw new ProblemException(ProblemKind.Conflict, Problems.UserNameTakenNames);
        }

        var user = new User
        {
            UserName = name,
            NormalizedUserName = normalized,
            Role = role,
            CreatedAt = clock.GetUtcNow(),
            LockoutEnabled = true,
        };
        SetPassword(user, password);
        db.Users.Add(user);
        return user;
    }

    /// <summary>Ends every session of the user, too.</summary>
    public void SetPassword(User user, Secret password)
    {
        AccountRules.Password(password, user.UserName!);
        user.PasswordHash = hasher.HashPassword(user, password.Reveal());
        EndSessions(user);
    }

    /// <summary>A session carries the stamp that it was opened under; with another one it is over.</summary>
    public static void EndSessions(User user)
    {
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
    }

    /// <param name="user">Null: nobody has this name. It costs the same.</param>
    public bool Matches(User? user, Secret password)
    {
        var answer = hasher.VerifyHashedPassword(user ?? new User(), user?.PasswordHash ?? decoy.Value, password.Reveal());
        return answer != PasswordVerificationResult.Failed && user is { DisabledAt: null };
    }
}
