using System.Text;

namespace TimeLocker.Core.Secrets;

/// <summary>
/// A credential that systemd hands to the service, decrypted for it alone. It is made by the owner of the system;
/// TimeLocker only reads it.
/// </summary>
/// <param name="directory">The value of CREDENTIALS_DIRECTORY; null: not started with credentials.</param>
public sealed class SystemdCredentialStore(string? directory) : ISecretStore
{
    public const string StoreKind = "systemd-credential", Credential = "timelocker-key";

    public static SystemdCredentialStore OfThisService() => new(Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY"));

    public string Kind => StoreKind;
    public Text Title => Texts.SystemdCredentialTitle;
    public Text Means => Texts.SystemdCredentialMeans;

    public string HowToWrite =>
        $"head -c 32 /dev/urandom | systemd-creds encrypt --name={Credential} - /etc/credstore.encrypted/{Credential}";

    public Task<Text?> WhyNotAsync(CancellationToken ct) => Task.FromResult<Text?>(
        directory is { Length: > 0 } && File.Exists(Path.Combine(directory, Credential)) ? null
        : Texts.SystemdGaveServiceNo(Credential));

    /// <summary>The one credential, whatever name is asked for.</summary>
    public async Task<byte[]?> FindAsync(string name, CancellationToken ct)
    {
        var file = Path.Combine(directory ?? "/nowhere", Credential);
        return File.Exists(file)
            ? Read(await File.ReadAllBytesAsync(file, ct))
                ?? throw new ProblemException(ProblemKind.Failed,
                    Problems.CredentialNotKeyNeither(Credential, Envelope.KeyBytes, HowToWrite)) : null;
    }

    public Task SaveAsync(string name, byte[] value, CancellationToken ct) =>
        throw new ProblemException(ProblemKind.Conflict, Problems.TimelockerCannotWriteSystemd(HowToWrite));

    /// <summary>Nothing: what systemd keeps, its owner removes.</summary>
    public Task DeleteAsync(string name, CancellationToken ct) => Task.CompletedTask;

    private static byte[]? Read(byte[] content)
    {
        if (content.Length == Envelope.KeyBytes)
        {
            return content;
        }

        var text = Encoding.ASCII.GetString(content).Trim();
        var key = new byte[Envelope.KeyBytes];
        return text.Length == 2 * Envelope.KeyBytes && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text)
            : Convert.TryFromBase64String(text, key, out var length) && length == key.Length ? key
            : null;
    }
}
