using System.Security.Cryptography;

namespace TimeLocker.Core.Secrets;

/// <summary>What a sealed secret is bound to: moved to another place, it no longer opens.</summary>
public sealed record SealLabel(string Owner, string Field, int Version, string Installation)
{
    // Every part carries its length, so no two labels have the same bytes.
    internal byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Owner);
        writer.Write(Field);
        writer.Write(Version);
        writer.Write(Installation);
        writer.Flush();
        return bytes.ToArray();
    }
}

/// <param name="Nonce">12 random bytes.</param>
/// <param name="Cipher">The ciphertext with its 16 byte tag behind it.</param>
public sealed record SealedBytes(byte[] Nonce, byte[] Cipher);

/// <summary>AES-256-GCM with a random nonce; the label is authenticated, not stored.</summary>
public static class Envelope
{
    public const int KeyBytes = 32;
    private const int TagBytes = 16;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    public static SealedBytes Seal(ReadOnlySpan<byte> key, SealLabel label, ReadOnlySpan<byte> plain)
    {
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var cipher = new byte[plain.Length + TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, cipher.AsSpan(0, plain.Length), cipher.AsSpan(plain.Length), label.ToBytes());
        return new(nonce, cipher);
    }

    /// <exception cref="CryptographicException">another key, another label, or changed bytes.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, SealLabel label, SealedBytes @sealed)
    {
        if (@sealed.Cipher.Length < TagBytes || @sealed.Nonce.Length != AesGcm.NonceByteSizes.MaxSize)
        {
            throw new CryptographicException("The sealed bytes are cut short.");
        }

        var plain = new byte[@sealed.Cipher.Length - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(@sealed.Nonce, @sealed.Cipher.AsSpan(0, plain.Length), @sealed.Cipher.AsSpan(plain.Length), plain,
            label.ToBytes());
        return plain;
    }
}
