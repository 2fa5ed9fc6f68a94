using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TimeLocker.Tests.Servers;

/// <summary>
/// A new repository as <c>restic init</c> leaves it, but for its key: restic makes keys that cost half a second at each
/// opening, which is most of what a test does. Format: restic's design document, “Repository Format” and “Keys,
/// Encryption and MAC”.
/// </summary>
public static class FreshRepository
{
    private const int Cost = 2; // scrypt's N; r and p are 1

    /// <summary>Puts it into a folder, from which perhaps a server gives it out.</summary>
    public static void Put(string folder, string password)
    {
        foreach (var name in (string[])["data", "index", "keys", "locks", "snapshots"])
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
        }

        var master = Key.New(RandomNumberGenerator.GetBytes(64));
        var salt = RandomNumberGenerator.GetBytes(64);
        var key = JsonSerializer.SerializeToUtf8Bytes(new
        {
            created = TimeProvider.System.GetUtcNow(),
            username = "tester",
            hostname = "tester",
            kdf = "scrypt",
            N = Cost,
            r = 1,
            p = 1,
            salt,
            data = Key.New(Scrypt(Encoding.UTF8.GetBytes(password), salt))
                .Seal(new { mac = new { k = master.Nonce, r = master.Factor }, encrypt = master.Encrypt }),
        });
        File.WriteAllBytes(Path.Combine(folder, "keys", Convert.ToHexStringLower(SHA256.HashData(key))), key);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        File.WriteAllBytes(Path.Combine(folder, "config"),
            master.Seal(new { version = 2, id, chunker_polynomial = "3da3358b4dc173" }));
    }

    private static byte[] Scrypt(byte[] password, byte[] salt)
    {
        var block = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, 128);
        var words = new uint[32];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(4 * i));
        }

        var seen = new uint[Cost][];
        for (var i = 0; i < Cost; i++)
        {
            seen[i] = [.. words];
            Mix(words);
        }

        for (var i = 0; i < Cost; i++)
        {
            var other = seen[words[16] % Cost];
            for (var w = 0; w < words.Length; w++)
            {
                words[w] ^= other[w];
            }

            Mix(words);
        }

        for (var i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(4 * i), words[i]);
        }

        return Rfc2898DeriveBytes.Pbkdf2(password, block, 1, HashAlgorithmName.SHA256, 64);
    }

    // BlockMix of two halves: each is mixed with the one before it.
    private static void Mix(uint[] words)
    {
        var last = words[16..];
        for (var half = 0; half < 32; half += 16)
        {
            for (var i = 0; i < 16; i++)
            {
                last[i] ^= words[half + i];
            }

            Salsa8(last);
            last.CopyTo(words, half);
        }
    }

    private static void Salsa8(uint[] words)
    {
        var x = (uint[])words.Clone();
        for (var round = 0; round < 8; round++)
        {
            var step = round % 2 == 0 ? 4 : 1; // columns, then rows
            for (var i = 0; i < 4; i++)
            {
                // Each begins at the diagonal and goes round.
                var (diagonal, line) = (5 * i, (5 - step) * i);
                int Cell(int n) => line + ((diagonal - line + (n * step)) % (4 * step));
                x[Cell(1)] ^= BitOperations.RotateLeft(x[Cell(0)] + x[Cell(3)], 7);
                x[Cell(2)] ^= BitOperations.RotateLeft(x[Cell(1)] + x[Cell(0)], 9);
                x[Cell(3)] ^= BitOperations.RotateLeft(x[Cell(2)] + x[Cell(1)], 13);
                x[Cell(0)] ^= BitOperations.RotateLeft(x[Cell(3)] + x[Cell(2)], 18);
            }
        }

        for (var i = 0; i < 16; i++)
        {
            words[i] += x[i];
        }
    }

    /// <summary>AES-256-CTR, then Poly1305-AES: what restic encrypts with.</summary>
    private sealed record Key(byte[] Encrypt, byte[] Nonce, byte[] Factor)
    {
        public static Key New(byte[] bytes) =>
            new(bytes[..32], bytes[32..48], [.. bytes[48..].Select((b, i) => (byte)(b & Clamp[i]))]);

        private static ReadOnlySpan<byte> Clamp => [255, 255, 255, 15, 252, 255, 255, 15, 252, 255, 255, 15, 252, 255, 255, 15];

        public byte[] Seal(object value)
        {
            var sealedText = JsonSerializer.SerializeToUtf8Bytes(value);
            var iv = RandomNumberGenerator.GetBytes(16);
            var counter = new BigInteger(iv, isUnsigned: true, isBigEndian: true);
            for (var at = 0; at < sealedText.Length; at += 16, counter++)
            {
                var mask = Block(Encrypt, Bytes(counter, bigEndian: true));
                for (var i = at; i < Math.Min(at + 16, sealedText.Length); i++)
                {
                    sealedText[i] ^= mask[i - at];
                }
            }

            return [.. iv, .. sealedText, .. Mac(sealedText, iv)];
        }

        private byte[] Mac(byte[] text, byte[] iv)
        {
            var (factor, sum) = (new BigInteger(Factor, isUnsigned: true), BigInteger.Zero);
            foreach (var part in text.Chunk(16))
            {
                sum = (sum + new BigInteger([.. part, 1], isUnsigned: true)) * factor % ((BigInteger.One << 130) - 5);
            }

            return Bytes(sum + new BigInteger(Block(Nonce, iv), isUnsigned: true), bigEndian: false);
        }

        private static byte[] Block(byte[] key, byte[] block)
        {
            using var aes = Aes.Create();
            aes.Key = key;
            return aes.EncryptEcb(block, PaddingMode.None);
        }

        // The lowest 128 bits.
        private static byte[] Bytes(BigInteger number, bool bigEndian)
        {
            var bytes = (number & ((BigInteger.One << 128) - 1)).ToByteArray(isUnsigned: true);
            Array.Resize(ref bytes, 16);
            if (bigEndian)
            {
                Array.Reverse(bytes);
            }

            return bytes;
        }
    }
}
