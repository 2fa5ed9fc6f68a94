using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Secrets;
using TimeLocker.Tests.Core.Secrets;
using TimeLocker.Tests.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Secrets;

/// <summary>The key to all secrets moves and is replaced; a kill at any step leaves a database that opens.</summary>
public sealed class ReplaceKeyTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("tl-replace-").FullName;
    private TearingStore one = null!, two = null!;
    private VaultKey key = null!;
    private IDbContextFactory<TimeLockerDb> databases = null!;
    private Installation installation = null!;
    private ServerOptions options = null!;

    private SecretVault Vault => new(key, new(), databases);
    private AuditLog Audit => new(databases, TimeProvider.System);

    public async Task InitializeAsync()
    {
        options = new() { Data = Path.Combine(folder, "state"), SecretStore = "one" };
        databases = DataSetup.Factory(options.DatabaseFile);
        installation = await StateDirectory.OpenAsync(databases, options, create: true, TimeProvider.System, default);
        await StartAsync();
        await Audit.ChangeAsync(Actor.System, "test.saved",
            (db, _) => Vault.SaveAsync(db, "repository:1", "password", new("kept")));
    }

    public Task DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    [Theory, InlineData("two"), InlineData("one")]
    public async Task After_a_move_or_a_rotation_only_the_new_key_is_left_and_opens_everything(string to)
    {
        var before = Files("one").Single();
        await key.ReplaceAsync(to, "secrets.test", DeskRig.Admin, default);
        (await PasswordAsync()).ShouldBe("kept");
        Files("one").Concat(Files("two")).ShouldHaveSingleItem().ShouldNotBe(before);

        await StartAsync();
        (await PasswordAsync()).ShouldBe("kept");
        key.Store!.Kind.ShouldBe(to);
        await using var db = await databases.CreateDbContextAsync();
        (await db.AuditEntries.CountAsync(e => e.Body.Contains("secrets.test"))).ShouldBe(1);
        (await db.Settings.AnyAsync(s => s.Name == "secrets.spare")).ShouldBeFalse();
    }

    // What is cut off before the new key is adopted did not happen; what is cut off after it did.
    [Theory]
    [InlineData("save", false, "one"), InlineData("save", true, "one"), InlineData("find", false, "one")]
    [InlineData("delete", false, "two"), InlineData("delete", true, "two")]
    public async Task A_kill_at_any_step_leaves_the_recorded_key_and_a_start_tidies_the_other(string step, bool done,
        string recorded)
    {
        (one.TearAt, one.Done, two.TearAt, two.Done) = (step == "delete" ? step : null, done, step == "delete" ? null : step, done);
        await Should.ThrowAsync<IOException>(() => key.ReplaceAsync("two", "secrets.test", DeskRig.Admin, default));

        await StartAsync();
        key.Store!.Kind.ShouldBe(recorded);
        (await PasswordAsync()).ShouldBe("kept");
        (Files("one").Length, Files("two").Length).ShouldBe(recorded == "one" ? (1, 0) : (0, 1));

        await key.ReplaceAsync(recorded == "one" ? "two" : "one", "secrets.again", DeskRig.Admin, default);
        (await PasswordAsync()).ShouldBe("kept");
    }

    [Fact]
    public async Task What_a_kill_left_half_written_goes_with_a_start_and_with_a_rotation()
    {
        var keys = Directory.CreateDirectory(Path.Combine(options.Data, "keys")).FullName;
        foreach (var name in (string[])["a.key", ".of-somebody-else."])
        {
            await File.WriteAllTextAsync(Path.Combine(keys, name), "");
        }

        foreach (var next in (Func<Task>[])[() => StartAsync(),
            () => key.ReplaceAsync("one", "secrets.test", DeskRig.Admin, default)])
        {
            await File.WriteAllTextAsync(Path.Combine(keys, $".b.key.{Guid.NewGuid():N}"), "");
            await next();
            Directory.GetFiles(keys).Select(Path.GetFileName).Order(StringComparer.Ordinal)
                .ShouldBe([".of-somebody-else.", "a.key"]);
        }

        (await PasswordAsync()).ShouldBe("kept");
    }

    [Fact]
    public async Task A_change_that_cannot_be_written_leaves_the_old_key_in_use()
    {
        await using (var db = await databases.CreateDbContextAsync())
        {
            await db.Database.ExecuteSqlRawAsync(
                "CREATE TRIGGER full BEFORE INSERT ON AuditEntries BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        }

        await Should.ThrowAsync<DbUpdateException>(() => key.ReplaceAsync("two", "secrets.test", DeskRig.Admin, default));
        (await PasswordAsync()).ShouldBe("kept");
        await StartAsync();
        (key.Store!.Kind, await PasswordAsync()).ShouldBe(("one", "kept"));
    }

    [Fact]
    public async Task Sessions_outlive_a_rotation_a_move_and_the_restart_after_them()
    {
        var server = await IdentityServer.StartAsync(data: Directory.CreateDirectory(Path.Combine(folder, "identity")).FullName);
        using var browser = server.Open();
        await browser.SignInAsync(IdentityServer.Admin, IdentityServer.Password);
        var note = server.Get<IDataProtectionProvider>().CreateProtector("test").Protect("still me");
        await server.Get<SecretKeys>().RotateAsync(DeskRig.Admin);
        await server.Get<SecretKeys>()
            .MoveAsync(new() { Kind = "passphrase", Passphrase = new("four words nobody guesses") }, DeskRig.Admin);
        (await browser.Http.GetAsync(new Uri("/", UriKind.Relative))).StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
        await server.Get<SecretKeys>().MoveAsync(new() { Kind = "key-file" }, DeskRig.Admin);
        await server.StopAsync();

        await using var again = await IdentityServer.StartAsync(data: server.Data);
        again.Get<IDataProtectionProvider>().CreateProtector("test").Unprotect(note).ShouldBe("still me");
        (await Should.ThrowAsync<ProblemException>(() => again.Get<SecretKeys>().MoveAsync(new() { Kind = "key-file" },
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Conflict);
    }

    [Fact]
    public async Task The_key_moves_into_a_real_key_ring_and_to_a_credential_that_only_its_owner_writes()
    {
        await using var ring = await KeyRing.StartAsync();
        var credential = Directory.CreateDirectory(Path.Combine(folder, "credentials")).FullName;
        ISecretStore[] more = [ring.Store, new SystemdCredentialStore(credential)];
        await StartAsync(more);
        await key.ReplaceAsync("secret-service", "secrets.test", DeskRig.Admin, default);
        Files("one").ShouldBeEmpty();
        await StartAsync(more);
        (await PasswordAsync()).ShouldBe("kept");

        (await Should.ThrowAsync<ProblemException>(() => key.ReplaceAsync("systemd-credential", "secrets.test",
            DeskRig.Admin, default))).Problem.Next.Full.ShouldContain("systemd-creds encrypt");
        await File.WriteAllBytesAsync(Path.Combine(credential, "timelocker-key"), Envelope.NewKey());
        await key.ReplaceAsync("systemd-credential", "secrets.test", DeskRig.Admin, default);
        await StartAsync(more);
        (key.Store!.Kind, await PasswordAsync()).ShouldBe(("systemd-credential", "kept"));
        (await ring.Store.FindAsync($"timelocker-{installation.Id}-2", default)).ShouldBeNull();
        (await Should.ThrowAsync<ProblemException>(() => key.ReplaceAsync("systemd-credential", "secrets.test",
            DeskRig.Admin, default))).Problem.Next.Full.ShouldContain("move back");
    }

    private string[] Files(string store) =>
        Directory.Exists(Path.Combine(folder, store)) ? Directory.GetFiles(Path.Combine(folder, store)) : [];

    private async Task<string> PasswordAsync() => (await Vault.FindAsync("repository:1", "password"))!.Reveal();

    private async Task StartAsync(params ISecretStore[] more)
    {
        (one, two) = (new("one", Path.Combine(folder, "one")), new("two", Path.Combine(folder, "two")));
        key = new([one, two, .. more], options, installation, Audit, databases);
        await key.OpenAsync(default);
    }

    /// <summary>Key files; at one step, before or after it is done, everything is cut off as by a kill.</summary>
    private sealed class TearingStore(string kind, string folder) : ISecretStore
    {
        private readonly KeyFileStore files = new(folder);

        public string? TearAt { get; set; }
        public bool Done { get; set; }
        public string Kind => kind;
        public Text Title => Text.Verbatim(kind);
        public Text Means => Text.Empty;

        public Task<Text?> WhyNotAsync(CancellationToken ct) => files.WhyNotAsync(ct);

        public async Task<byte[]?> FindAsync(string name, CancellationToken ct)
        {
            Tear("find", Done);
            return await files.FindAsync(name, ct);
        }

        public async Task SaveAsync(string name, byte[] value, CancellationToken ct)
        {
            Tear("save", !Done);
            await files.SaveAsync(name, value, ct);
            Tear("save", Done);
        }

        public async Task DeleteAsync(string name, CancellationToken ct)
        {
            Tear("delete", !Done);
            await files.DeleteAsync(name, ct);
            Tear("delete", Done);
        }

        private void Tear(string step, bool now)
        {
            if (step == TearAt && (now || step == "find"))
            {
                throw new IOException("killed");
            }
        }
    }
}
