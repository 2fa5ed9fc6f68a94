using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TimeLocker.Core.Secrets;

/// <summary>
/// Keeps keys as files that open with a passphrase only. It is asked for at the start and not kept: what stays in
/// memory is the key derived from it. File: 16 bytes salt, 4 bytes rounds (big endian), 12 bytes nonce, cipher.
/// </summary>
/// <param name="ask">True: a new passphrase is chosen. Null: nobody can be asked.</param>
public sealed class PassphraseStore(string folder, Func<bool, CancellationToken, Task<Secret>>? ask,
    int rounds = PassphraseStore.Rounds) : ISecretStore
{
    public const string StoreKind = "passphrase";
    public const int Rounds = 600_000, Shortest = 12;
    private const int SaltBytes = 16, NonceBytes = 12, HeadBytes = SaltBytes + sizeof(int) + NonceBytes;

    private Wrap? wrap;

    private sealed record Wrap(byte[] Key, byte[] Salt, int Rounds);

    public string Kind => StoreKind;
    public Text Title => Texts.PassphraseTitle;
    public Text Means => Texts.PassphraseMeans;

    public Task<Text?> WhyNotAsync(CancellationToken ct) => Task.FromResult<Text?>(null);

    /// <summary>A passphrase that keys will be saved with from now on.</summary>
    /// <exception cref="ProblemException">of kind Invalid: it is too short.</exception>
    public void Choose(Secret passphrase)
    {
        if (passphrase.Reveal().Length < Shortest)
        {
            throw ProblemException.Invalid(Problems.PassphraseTooShortFewer(Shortest));
        }

        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        wrap = new(Derive(passphrase, salt, rounds), salt, rounds);
    }

    public async Task<byte[]?> FindAsync(string name, CancellationToken ct)
    {
        var file = FileOf(name);
        if (!File.Exists(file))
        {
            return null;
        }

        var content = await File.ReadAllBytesAsync(file, ct);
        if (content.Length <= HeadBytes || BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(SaltBytes)) is not (> 0
            and <= 100_000_000 and var cost))
        {
            throw new ProblemException(ProblemKind.Failed, Problems.KeyPassphraseOpensDamaged(file));
        }

        var salt = content[..SaltBytes];
        var how = wrap is { } known && known.Salt.AsSpan().SequenceEqual(salt) ? known
            : new(Derive(await AskAsync(false, ct), salt, cost), salt, cost);
        try
        {
            var key = Envelope.Open(how.Key, Label(name), new(content[(SaltBytes + sizeof(int))..HeadBytes], content[HeadBytes..]));
            wrap = how;
            return key;
        }
        catch (CryptographicException e)
        {
            throw new ProblemException(ProblemKind.Failed, Problems.PassphraseWrongDoesNot, e);
        }
    }

    public async Task SaveAsync(string name, byte[] value, CancellationToken ct)
    {
        if (wrap is null)
        {
            Choose(await AskAsync(true, ct));
        }

        var (nonce, cipher) = Envelope.Seal(wrap!.Key, Label(name), value);
        var cost = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(cost, wrap.Rounds);
        PrivateFile.CreateFolder(folder);
        await PrivateFile.WriteAsync(FileOf(name), (byte[])[.. wrap.Salt, .. cost, .. nonce, .. cipher], ct);
    }

    public Task DeleteAsync(string name, CancellationToken ct)
    {
        if (File.Exists(FileOf(name)))
        {
            File.Delete(FileOf(name));
        }

        return Task.CompletedTask;
    }

    private string FileOf(string name) => Path.Combine(folder, Path.GetFileName(name) + ".wrapped");

    private static SealLabel Label(string name) => new("passphrase", "key", 1, name);

    private static byte[] Derive(Secret passphrase, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(passphrase.Reveal().Normalize()), salt, rounds,
            HashAlgorithmName.SHA512, Envelope.KeyBytes);

    private async Task<Secret> AskAsync(bool fresh, CancellationToken ct) =>
        ask is not null && await ask(fresh, ct) is { IsEmpty: false } given ? given
        : throw new ProblemException(ProblemKind.Failed, Problems.PassphraseMissingKeyStored);
}
