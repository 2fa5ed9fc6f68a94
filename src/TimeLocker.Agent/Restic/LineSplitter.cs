namespace TimeLocker.Agent.Restic;

internal delegate void LineFound(ReadOnlySpan<byte> line);

/// <summary>
/// Splits bytes into lines with bounded memory: of a longer line only the head is handed on. Holes (NUL bytes) are
/// skipped.
/// </summary>
internal sealed class LineSplitter(LineFound found, int mostBytes = 64 * 1024)
{
    private readonly byte[] pending = new byte[mostBytes];
    private int length;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (length == 0)
            {
                var start = bytes.IndexOfAnyExcept((byte)0);
                bytes = start < 0 ? [] : bytes[start..];
            }

            var end = bytes.IndexOf((byte)'\n');
            if (end >= 0 && length == 0)
            {
                found(bytes[..Math.Min(end, mostBytes)].TrimEnd((byte)'\r'));
            }
            else
            {
                Keep(end < 0 ? bytes : bytes[..end]);
                if (end >= 0)
                {
                    End();
                }
            }

            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }
    }

    /// <summary>Hands on what is left without a line break.</summary>
    public void End()
    {
        if (length > 0)
        {
            found(pending.AsSpan(0, length).TrimEnd((byte)'\r'));
            length = 0;
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, mostBytes - length);
        bytes[..taken].CopyTo(pending.AsSpan(length));
        length += taken;
    }
}
