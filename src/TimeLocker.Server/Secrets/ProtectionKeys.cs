using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Server.Secrets;

/// <summary>
/// The framework's own keys (cookies, forms): kept beside the vault key and encrypted with a secret of the vault.
/// </summary>
internal static class ProtectionKeys
{
    // The folder is made when the first key is needed: a first start refuses a state directory that holds anything yet.
    public static void AddProtectionKeys(this IServiceCollection services, ServerOptions options)
    {
        services.AddDataProtection().SetApplicationName("TimeLocker");
        services.AddOptions<KeyManagementOptions>().Configure<VaultKey, ILoggerFactory>((keys, vault, log) =>
        {
            var folder = Path.Combine(options.Data, "keys", "protection");
            PrivateFile.CreateFolder(folder);
            keys.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(folder), log);
            keys.XmlEncryptor = new ProtectionKeyEncryptor(vault);
        });
    }
}

internal sealed class ProtectionKeyEncryptor(VaultKey key) : IXmlEncryptor
{
    internal static SealLabel Label { get; } = new("protection", "key", 1, "");

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var (nonce, cipher) = Envelope.Seal(key.Protection, Label,
            Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new(new XElement("sealed", new XElement("nonce", Convert.ToBase64String(nonce)),
            new XElement("cipher", Convert.ToBase64String(cipher))), typeof(ProtectionKeyDecryptor));
    }
}

/// <summary>Made by the framework, by the type name in the key file: it can only be handed the container.</summary>
internal sealed class ProtectionKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var key = services.GetRequiredService<VaultKey>();
        var plain = Envelope.Open(key.Protection, ProtectionKeyEncryptor.Label, new(Part("nonce"), Part("cipher")));
        return XElement.Parse(Encoding.UTF8.GetString(plain));

        byte[] Part(string name) => Convert.FromBase64String(encryptedElement.Element(name)?.Value ?? "");
    }
}
