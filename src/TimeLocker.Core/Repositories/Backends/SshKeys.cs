using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace TimeLocker.Core.Repositories.Backends;

/// <summary>Keys of SSH in the forms in which people have them.</summary>
internal static partial class SshKeys
{
    /// <summary>Lines of ssh-keyscan, of known_hosts or of a .pub file; comments are left out.</summary>
    public static Text? WhyNotHostKeys(string value) =>
        Keys(value).ToList() is { Count: > 0 } keys
            && keys.All(key => key is { } known && Decoded(known.Data) is { } blob && Text(blob) == known.Type)
            ? null
            : Texts.NotHostKeyLine;

    /// <summary>The lines of a known_hosts file that holds these keys and no other.</summary>
    public static string KnownHosts(string host, string port, string keys)
    {
        var name = port == "22" ? host : $"[{host}]:{port}";
        return string.Concat(Keys(keys).Where(key => key is not null)
            .Select(key => $"{name} {key!.Value.Type} {key.Value.Data}\n"));
    }

    public static Text? WhyNotPrivate(string value)
    {
        if (PrivateKey().Match(value) is not { Success: true } key)
        {
            return Texts.NotPrivateKeyNo;
        }

        return key.Groups[1].Value.StartsWith("ENCRYPTED", StringComparison.Ordinal)
            || value.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
            || Cipher(key.Groups[2].Value) is not (null or "none")
            ? Texts.ProtectedPassphraseNobodyType
            : null;
    }

    private static IEnumerable<(string Type, string Data)?> Keys(string lines) =>
        lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith('#'))
            .Select(line => HostKey().Match(line) is { Success: true } key ? (key.Groups[1].Value, key.Groups[2].Value)
                : ((string, string)?)null);

    private static string? Cipher(string base64) =>
        Decoded(base64) is { } bytes && bytes.AsSpan().StartsWith("openssh-key-v1\0"u8) ? Text(bytes.AsSpan(15)) : null;

    private static string? Text(ReadOnlySpan<byte> from)
    {
        var length = from.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(from);
        return length <= from.Length - 4 ? Encoding.ASCII.GetString(from.Slice(4, (int)length)) : null;
    }

    private static byte[]? Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    [GeneratedRegex(@"^(?:[A-Za-z0-9.,:*?\[\]|=/+_-]+ )?((?:ssh|ecdsa|sk)-[a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: .*)?\z")]
    private static partial Regex HostKey();

    [GeneratedRegex(@"^\s*-----BEGIN ([A-Z ]*)PRIVATE KEY-----\n([A-Za-z0-9+/=\s,:-]*?)-----END \1PRIVATE KEY-----\s*\z")]
    private static partial Regex PrivateKey();
}
