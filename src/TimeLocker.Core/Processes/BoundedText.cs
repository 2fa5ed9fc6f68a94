using System.Text;

namespace TimeLocker.Core.Processes;

/// <summary>Keeps the head and the tail of a text of any length.</summary>
public sealed class BoundedText(int half)
{
    private readonly Lock gate = new();
    private readonly byte[] head = new byte[half], tail = new byte[half];
    private int filled;
    private long beyond;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            var first = Math.Min(bytes.Length, half - filled);
            bytes[..first].CopyTo(head.AsSpan(filled));
            filled += first;
            foreach (var b in bytes[first..])
            {
                tail[beyond++ % half] = b;
            }
        }
    }

    public override string ToString()
    {
        lock (gate)
        {
            var start = Encoding.UTF8.GetString(head, 0, filled);
            if (beyond <= half)
            {
                return start + Encoding.UTF8.GetString(tail, 0, (int)beyond);
            }

            var turn = (int)(beyond % half);
            return $"{start}\n… {beyond - half} bytes left out …\n{Encoding.UTF8.GetString([.. tail[turn..], .. tail[..turn]])}";
        }
    }
}
