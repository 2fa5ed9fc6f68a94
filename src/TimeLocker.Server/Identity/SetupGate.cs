using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Identity;

/// <summary>The first start: until somebody shows the token from the console, there is no way in and no user.</summary>
public sealed class SetupGate(AuditLog audit, IDbContextFactory<TimeLockerDb> databases, Accounts accounts,
    ServerOptions options, TimeProvider clock) : IDisposable
{
    public const int Tries = 5;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(30);
    private const string Letters = "abcdefghjkmnpqrstvwxyz23456789";

    private readonly SemaphoreSlim turn = new(1, 1);
    private volatile bool done;
    private string? token;
    private DateTimeOffset until;
    private int wrong;

    public string File => Path.Combine(options.Data, "setup-token");

    /// <summary>No user exists yet. The command line may make one beside a running server, so this asks until it is so.</summary>
    public bool IsOpen
    {
        get
        {
            if (!done)
            {
                using var db = databases.CreateDbContext();
                done = db.Users.Any();
            }

            return !done;
        }
    }

    /// <summary>The one token of this start; its time begins with the first call.</summary>
    public async Task<string> TokenAsync(CancellationToken ct = default)
    {
        await turn.WaitAsync(ct);
        try
        {
            if (token is null)
            {
                token = string.Join('-', RandomNumberGenerator.GetString(Letters, 24).Chunk(6).Select(c => new string(c)));
                until = clock.GetUtcNow() + Window;
                await PrivateFile.WriteAsync(File, Encoding.UTF8.GetBytes(token + "\n"), ct);
            }

            return token;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <returns>The first Admin.</returns>
    public async Task<User> CompleteAsync(string given, string userName, Secret password, CancellationToken ct = default)
    {
        await turn.WaitAsync(ct);
        try
        {
            Check(given);
            var user = await CreateAsync(userName, password, Via.Ui, ct);
            System.IO.File.Delete(File);
            return user;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Without a token: whoever can call this owns the state directory.</summary>
    public async Task<User> CreateFirstAdminAsync(string userName, Secret password, CancellationToken ct = default)
    {
        var user = await CreateAsync(userName, password, Via.Cli, ct);
        System.IO.File.Delete(File);
        return user;
    }

    public void Dispose() => turn.Dispose();

    private void Check(string given)
    {
        if (token is null || wrong >= Tries || clock.GetUtcNow() >= until)
        {
            System.IO.File.Delete(File);
            throw new ProblemException(ProblemKind.Forbidden, Texts.SetupClosed,
                wrong >= Tries ? Texts.WrongTokenGivenTimes(Tries) : Texts.TokenGoodMinutes(Window.TotalMinutes),
                Texts.StartTimelockerAgainShows);
        }

        if (!CryptographicOperations.FixedTimeEquals(Plain(given), Plain(token)))
        {
            wrong++;
            throw new ProblemException(ProblemKind.Forbidden, Problems.NotSetupTokenTries(Tries - wrong, Tries, File));
        }

        static byte[] Plain(string token) =>
            Encoding.UTF8.GetBytes(token.Replace("-", "", StringComparison.Ordinal).Trim().ToLowerInvariant());
    }

    private async Task<User> CreateAsync(string userName, Secret password, Via via, CancellationToken ct)
    {
        var user = new User();
        // The entry names who did it, and that is the user who does not exist before it.
        var who = via == Via.Ui ? new Actor("setup", "setup", Role.Admin, via) : Actor.Owner with { Via = via };
        await audit.ChangeAsync(who, "setup.completed", async (db, note) =>
        {
            if (await db.Users.AnyAsync(ct))
            {
                throw new ProblemException(ProblemKind.Conflict, Problems.SetupAlreadyDoneFirst);
            }

            user = await accounts.AddAsync(db, userName, Role.Admin, password);
            user.SignedInAt = via == Via.Ui ? clock.GetUtcNow() : null; // the setup page signs in at once
            note.About("user", user.Id, new { role = user.Role.ToString() });
        }, ct);
        done = true;
        return user;
    }
}
