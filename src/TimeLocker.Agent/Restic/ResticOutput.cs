namespace TimeLocker.Agent.Restic;

/// <summary>What restic's standard output has said. Only the newest status line is worth parsing: the rest is older.</summary>
internal sealed class ResticOutput
{
    private readonly byte[] status = new byte[64 * 1024];
    private int statusLength;

    public ResticOutput() => Lines = new LineSplitter(Take);

    public LineSplitter Lines { get; }
    public ResticMessage? Summary { get; private set; }

    /// <summary>Lines that were not understood.</summary>
    public long Unknown { get; private set; }

    /// <summary>Lines that are text, which is all that prune, copy and repair say.</summary>
    public BoundedLines Text { get; } = new();

    /// <summary>Old id → new id of snapshots whose tags were changed.</summary>
    public Dictionary<string, string> Changed { get; } = [];

    /// <summary>Called with every detail of a dry run of a restore.</summary>
    public Action<ResticMessage>? Detail { get; init; }

    /// <summary>The newest status since the last call, or null.</summary>
    public ResticMessage? TakeStatus()
    {
        var newest = statusLength == 0 ? null : ResticMessage.Read(status.AsSpan(0, statusLength));
        statusLength = 0;
        return newest?.Kind == MessageKind.Status ? newest : null;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return;
        }

        if (ResticMessage.IsStatus(line))
        {
            line.CopyTo(status);
            statusLength = line.Length;
            return;
        }

        var message = ResticMessage.Read(line);
        switch (message.Kind)
        {
            case MessageKind.Summary: Summary = message; break;
            case MessageKind.Status: break;
            case MessageKind.Detail: Detail?.Invoke(message); break;
            case MessageKind.Changed when message is { OldId: { } old, NewId: { } made }: Changed[old] = made; break;
            case MessageKind.Text: Text.Add(message.Text!); break;
            default: Unknown++; break;
        }
    }
}
