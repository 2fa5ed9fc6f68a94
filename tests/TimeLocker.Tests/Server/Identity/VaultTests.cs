using System.Text;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Secrets;
using Xunit;

namespace TimeLocker.Tests.Server.Identity;

public sealed class VaultTests : IAsyncLifetime
{
    private const string Canary = "canary-secret-7c1f";

    private IdentityServer server = null!;

    private SecretVault Vault => server.Get<SecretVault>();
    private string KeyFile => Directory.GetFiles(Path.Combine(server.Data, "keys"), "*.key").Single();

    public async Task InitializeAsync() => server = await IdentityServer.StartAsync();

    public async Task DisposeAsync() => await server.DisposeAsync();

    private Task ChangeAsync(Func<TimeLockerDb, Task> change) =>
        server.Get<AuditLog>().ChangeAsync(Actor.System, "test.changed", (db, _) => change(db));

    [Fact]
    public async Task A_secret_is_kept_replaced_and_deleted()
    {
        (await Vault.FindAsync("repository:1", "password")).ShouldBeNull();
        await ChangeAsync(db => Vault.SaveAsync(db, "repository:1", "password", new("first")));
        await ChangeAsync(db => Vault.SaveAsync(db, "repository:1", "password", new("second ✓")));
        await ChangeAsync(db => Vault.SaveAsync(db, "repository:1", "key", new("")));
        (await Vault.FindAsync("repository:1", "password"))!.Reveal().ShouldBe("second ✓");
        (await Vault.FindAsync("repository:1", "key"))!.IsEmpty.ShouldBeTrue();
        await ChangeAsync(db => Vault.DeleteAsync(db, "repository:1"));
        (await Vault.FindAsync("repository:1", "password")).ShouldBeNull();
    }

    [Fact]
    public async Task A_secret_that_was_moved_to_another_owner_does_not_open()
    {
        await ChangeAsync(db => Vault.SaveAsync(db, "repository:1", "password", new("first")));
        await ChangeAsync(async db =>
        {
            var row = await db.Secrets.SingleAsync(s => s.Owner == "repository:1");
            db.Secrets.Add(new()
            {
                Owner = "repository:2",
                Field = row.Field,
                Version = row.Version,
                Nonce = row.Nonce,
                Cipher = row.Cipher,
            });
        });
        (await Should.ThrowAsync<ProblemException>(() => Vault.FindAsync("repository:2",
            "password"))).Problem.What.Full.ShouldBe("A stored secret cannot be read.");
    }

    [Fact]
    public async Task Secrets_open_again_after_a_restart()
    {
        await ChangeAsync(db => Vault.SaveAsync(db, "repository:1", "password", new("first")));
        await server.StopAsync();
        server = await IdentityServer.StartAsync(data: server.Data);
        (await Vault.FindAsync("repository:1", "password"))!.Reveal().ShouldBe("first");
        (await server.AuditAsync()).Split("secrets.store-chosen").Length.ShouldBe(2);
    }

    [Theory, InlineData("missing"), InlineData("another"), InlineData("short"), InlineData("open to others")]
    public async Task A_key_that_is_not_the_right_one_stops_the_start(string fault)
    {
        var before = await File.ReadAllBytesAsync(KeyFile);
        await server.StopAsync();
        switch (fault)
        {
            case "missing": File.Delete(KeyFile); break;
            case "another": await File.WriteAllBytesAsync(KeyFile, Envelope.NewKey()); break;
            case "short": await File.WriteAllBytesAsync(KeyFile, before[..16]); break;
            default: File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.GroupRead); break;
        }

        var refused = await Should.ThrowAsync<ProblemException>(() => IdentityServer.StartAsync(data: server.Data));
        refused.Problem.What.Full.ShouldContain("key");
        refused.Message.ShouldNotContain(Convert.ToHexString(before));
    }

    [Fact]
    public async Task No_password_token_or_secret_is_in_the_state_directory_in_the_clear()
    {
        using var browser = server.Open();
        await browser.SignInAsync(IdentityServer.Admin, IdentityServer.Password);
        await ChangeAsync(db => Vault.SaveAsync(db, "repository:1", "password", new(Canary)));
        var token = (await server.Get<TokenCatalog>().CreateAsync(new() { Name = "t", Role = Role.Viewer },
            server.Get<OwnerToken>().Actor)).Token;
        var files = Directory.GetFiles(server.Data, "*", SearchOption.AllDirectories);
        files.Length.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var file in files)
        {
            var content = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            foreach (var secret in (string[])[Canary, IdentityServer.Password, token, token[3..], "masterKey>"])
            {
                content.ShouldNotContain(secret, Case.Insensitive, file);
            }
        }

        Directory.GetFiles(Path.Combine(server.Data, "keys", "protection")).ShouldHaveSingleItem();
        PrivateFile.TooOpen(Path.Combine(server.Data, "keys", "protection")).ShouldBeNull();
        PrivateFile.TooOpen(Directory.GetFiles(Path.Combine(server.Data, "keys", "protection")).Single()).ShouldBeNull();
    }
}
