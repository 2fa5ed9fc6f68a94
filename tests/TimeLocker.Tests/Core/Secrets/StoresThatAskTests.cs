using System.Text;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using Xunit;

namespace TimeLocker.Tests.Core.Secrets;

/// <summary>The stores beside the key file: a passphrase, systemd's credential, and a real key-ring.</summary>
public sealed class StoresThatAskTests : IDisposable
{
    private const string Passphrase = "four words nobody guesses";

    private readonly string folder = Directory.CreateTempSubdirectory("tl-stores-").FullName;
    private readonly byte[] key = Envelope.NewKey();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_key_behind_a_passphrase_comes_back_with_that_passphrase_only()
    {
        await Asking(Passphrase).SaveAsync("a", key, default);
        var file = Directory.GetFiles(folder).ShouldHaveSingleItem();
        PrivateFile.TooOpen(file).ShouldBeNull();
        Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).ShouldNotContain(Encoding.Latin1.GetString(key));

        (await Asking(Passphrase).FindAsync("a", default)).ShouldBe(key);
        (await Asking(Passphrase).FindAsync("b", default)).ShouldBeNull();
        (await Should.ThrowAsync<ProblemException>(() => Asking("four words somebody guesses").FindAsync("a",
            default))).Problem.What.Full.ShouldBe("The passphrase is wrong.");
        (await Should.ThrowAsync<ProblemException>(() => Asking("").FindAsync("a",
            default))).Problem.Next.Full.ShouldContain("--passphrase-file");
        (await Should.ThrowAsync<ProblemException>(() => Asking("too short").SaveAsync("c", key,
            default))).Problem.What.Full.ShouldContain("too short");
    }

    [Fact]
    public async Task A_passphrase_costs_whoever_guesses_600_000_rounds_and_is_asked_for_once_a_start()
    {
        var asked = 0;
        PassphraseStore Start() => new(folder, (_, _) => { asked++; return Task.FromResult(new Secret(Passphrase)); });
        await Start().SaveAsync("a", key, default);
        System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(
            (await File.ReadAllBytesAsync(Directory.GetFiles(folder).Single())).AsSpan(16)).ShouldBe(600_000);

        var again = Start();
        (await again.FindAsync("a", default)).ShouldBe(key);
        await again.SaveAsync("b", key, default);
        (await again.FindAsync("b", default)).ShouldBe(key);
        asked.ShouldBe(2);
    }

    [Theory, InlineData("raw"), InlineData("base64"), InlineData("hex")]
    public async Task A_credential_of_the_service_is_read_as_bytes_or_as_text(string form)
    {
        await File.WriteAllBytesAsync(Path.Combine(folder, "timelocker-key"), form switch
        {
            "raw" => key,
            "hex" => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(key) + "\n"),
            _ => Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n")
        });
        var store = new SystemdCredentialStore(folder);
        (await store.WhyNotAsync(default)).ShouldBeNull();
        (await store.FindAsync("any name", default)).ShouldBe(key);
        await store.DeleteAsync("any name", default);
        (await store.FindAsync("any name", default)).ShouldBe(key);
        (await Should.ThrowAsync<ProblemException>(() => store.SaveAsync("any name", key,
            default))).Problem.Next.Full.ShouldContain("systemd-creds encrypt --name=timelocker-key");
    }

    [Fact]
    public async Task A_credential_that_is_none_is_refused_with_the_command_that_makes_one()
    {
        (await new SystemdCredentialStore(null).WhyNotAsync(default))!.Full.ShouldContain("LoadCredentialEncrypted=timelocker-key");
        (await new SystemdCredentialStore(folder).WhyNotAsync(default))!.Full.ShouldContain("timelocker-key");
        await File.WriteAllTextAsync(Path.Combine(folder, "timelocker-key"), "a word\n");
        (await Should.ThrowAsync<ProblemException>(() => new SystemdCredentialStore(folder).FindAsync("a",
            default))).Problem.Next.Full.ShouldContain("head -c 32");
    }

    [Fact]
    public async Task A_real_key_ring_keeps_gives_replaces_and_forgets_keys()
    {
        await using var ring = await KeyRing.StartAsync();
        (await ring.Store.FindAsync("a", default)).ShouldBeNull();
        await ring.Store.SaveAsync("a", [1, 2, 3], default);
        await ring.Store.SaveAsync("a", key, default);
        await ring.Store.SaveAsync("b", [4], default);
        (await ring.Store.FindAsync("a", default)).ShouldBe(key);
        await ring.Store.DeleteAsync("a", default);
        (await ring.Store.FindAsync("a", default)).ShouldBeNull();
        (await ring.Store.FindAsync("b", default)).ShouldBe([4]);
    }

    private PassphraseStore Asking(string answer) => new(folder, (_, _) => Task.FromResult(new Secret(answer)), rounds: 1000);
}
