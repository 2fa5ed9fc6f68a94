using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TimeLocker.Core.Secrets;

/// <summary>A key pair for SSH, made for one repository alone.</summary>
/// <param name="PublicKey">A line for <c>authorized_keys</c>.</param>
/// <param name="PrivateKey">In PEM, without a passphrase; OpenSSH reads it as it is.</param>
public sealed record SshKeyPair(string PublicKey, Secret PrivateKey)
{
    private const string Comment = "timelocker";

    public static SshKeyPair Generate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(Line(key)!, new Secret(key.ExportECPrivateKeyPem() + "\n"));
    }

    /// <summary>
    /// The line for <c>authorized_keys</c> that belongs to a private key; null where the key is of a kind that cannot
    /// be read here.
    /// </summary>
    public static string? PublicKeyOf(Secret privateKey)
    {
        var text = privateKey.Reveal();
        try
        {
            if (text.Contains("BEGIN OPENSSH PRIVATE KEY", StringComparison.Ordinal))
            {
                return FromOpenSsh(Convert.FromBase64String(string.Concat(text.Split('\n')
                    .Where(line => !line.StartsWith("-----", StringComparison.Ordinal)))));
            }

            if (text.Contains("BEGIN RSA", StringComparison.Ordinal))
            {
                using var rsa = RSA.Create();
                rsa.ImportFromPem(text);
                return Line(rsa);
            }

            using var key = ECDsa.Create();
            key.ImportFromPem(text);
            return Line(key);
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private static string? Line(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false);
        return point.Curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256"
            ? Line("ecdsa-sha2-nistp256",
                [.. Part("ecdsa-sha2-nistp256"), .. Part("nistp256"), .. Part([4, .. point.Q.X!, .. point.Q.Y!])])
            : null;
    }

    private static string Line(RSA key)
    {
        var numbers = key.ExportParameters(includePrivateParameters: false);
        return Line("ssh-rsa",
            [.. Part("ssh-rsa"), .. Part([.. Sign(numbers.Exponent!), .. numbers.Exponent!]),
                .. Part([.. Sign(numbers.Modulus!), .. numbers.Modulus!])]);
    }

    // The file begins with its name, cipher, derivation and its options, and the number of keys; then comes the public
    // key as it is.
    private static string? FromOpenSsh(ReadOnlySpan<byte> file)
    {
        var rest = file["openssh-key-v1\0".Length..];
        for (var part = 0; part < 3; part++)
        {
            rest = rest[(4 + BinaryPrimitives.ReadInt32BigEndian(rest))..];
        }

        var blob = rest.Slice(8, BinaryPrimitives.ReadInt32BigEndian(rest[4..]));
        return Line(Encoding.ASCII.GetString(blob.Slice(4, BinaryPrimitives.ReadInt32BigEndian(blob))), blob);
    }

    private static string Line(string type, ReadOnlySpan<byte> blob) => $"{type} {Convert.ToBase64String(blob)} {Comment}";

    private static byte[] Part(string text) => Part(Encoding.ASCII.GetBytes(text));

    private static byte[] Part(ReadOnlySpan<byte> bytes)
    {
        var part = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(part, bytes.Length);
        bytes.CopyTo(part.AsSpan(4));
        return part;
    }

    // A number whose first bit is set would be negative.
    private static byte[] Sign(byte[] number) => number[0] >= 0x80 ? [0] : [];
}
