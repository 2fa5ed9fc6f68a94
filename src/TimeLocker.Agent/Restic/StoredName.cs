using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace TimeLocker.Agent.Restic;

/// <summary>Names as trees hold them.</summary>
internal static class StoredName
{
    /// <summary>Undoes Go's strconv.Quote, in which names are stored; a byte that is not UTF-8 becomes one U+FFFD.</summary>
    public static string Unquote(string quoted)
    {
        if (!quoted.Contains('\\', StringComparison.Ordinal))
        {
            return quoted;
        }

        List<byte> bytes = new(quoted.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] != '\\' || i + 1 == quoted.Length)
            {
                var rune = Rune.TryGetRuneAt(quoted, i, out var found) ? found : Rune.ReplacementChar;
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += rune.Utf16SequenceLength - 1;
                continue;
            }

            var (value, digits) = (quoted[++i]) switch
            {
                'a' => (7, 0),
                'b' => (8, 0),
                't' => (9, 0),
                'n' => (10, 0),
                'v' => (11, 0),
                'f' => (12, 0),
                'r' => (13, 0),
                'x' => (-1, 2),
                'u' => (-1, 4),
                'U' => (-1, 8),
                var other => (other, 0),
            };
            if (digits == 0)
            {
                bytes.Add((byte)value);
            }
            else if (int.TryParse(quoted.AsSpan(i + 1, Math.Min(digits, quoted.Length - i - 1)),
                NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                i += digits;
                if (digits == 2)
                {
                    bytes.Add((byte)code);
                }
                else
                {
                    bytes.AddRange(utf8[..(Rune.IsValid(code) ? new Rune(code) : Rune.ReplacementChar).EncodeToUtf8(utf8)]);
                }
            }
        }

        return Text(CollectionsMarshal.AsSpan(bytes));
    }

    /// <summary>
    /// A name as restic prints it. .NET's decoder gives one U+FFFD for a broken sequence of several bytes; restic gives
    /// one for each byte.
    /// </summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        var rest = bytes;
        while (!rest.IsEmpty)
        {
            var whole = Rune.DecodeFromUtf8(rest, out var rune, out var taken) == OperationStatus.Done;
            text.Append((whole ? rune : Rune.ReplacementChar).ToString());
            rest = rest[(whole ? taken : 1)..];
        }

        return text.ToString();
    }
}
