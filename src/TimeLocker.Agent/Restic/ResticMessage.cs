using System.Buffers;
using System.Text;
using System.Text.Json;

namespace TimeLocker.Agent.Restic;

internal enum MessageKind { Text, Status, Detail, Summary, Changed, Error, Exit, Unknown }

/// <summary>
/// One line of restic's output, whatever the command. What the line does not say is zero or null: restic leaves zeros
/// out.
/// </summary>
internal sealed record ResticMessage(MessageKind Kind)
{
    private static readonly SearchValues<byte> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), 127]);

    public Dictionary<string, long> Numbers { get; } = [];
    public IReadOnlyList<string> CurrentFiles { get; private set; } = [];
    public string? Text { get; private set; }
    public string? Item { get; private set; }
    public string? Action { get; private set; }
    public string? SnapshotId { get; private set; }
    public string? OldId { get; private set; }
    public string? NewId { get; private set; }
    public bool DryRun { get; private set; }
    public DateTimeOffset? BackupStart { get; private set; }

    public long Number(string name) => Numbers.GetValueOrDefault(name);

    public static bool IsStatus(ReadOnlySpan<byte> line) => line.StartsWith("{\"message_type\":\"status\""u8);

    /// <summary>Never throws, whatever the bytes: what is not a whole JSON object is text.</summary>
    public static ResticMessage Read(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{"u8))
        {
            try
            {
                return ReadObject(line);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                // Half a line, or something that only looks like JSON.
            }
        }

        return new ResticMessage(MessageKind.Text) { Text = Plain(line) };
    }

    private static ResticMessage ReadObject(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        var message = new ResticMessage(MessageKind.Unknown);
        var kind = MessageKind.Unknown;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name == "message_type")
            {
                kind = KindOf(reader.TokenType == JsonTokenType.String ? reader.GetString() : null);
            }
            else
            {
                message.Take(name, ref reader);
            }
        }

        // stats says one object without a kind.
        kind = kind == MessageKind.Unknown && message.Numbers.ContainsKey("snapshots_count") ? MessageKind.Summary : kind;
        return reader.Read() ? throw new JsonException() : message with { Kind = kind };
    }

    private static MessageKind KindOf(string? name) => name switch
    {
        "status" => MessageKind.Status,
        "verbose_status" => MessageKind.Detail,
        "summary" => MessageKind.Summary,
        "changed" => MessageKind.Changed,
        "error" => MessageKind.Error,
        "exit_error" => MessageKind.Exit,
        _ => MessageKind.Unknown,
    };

    private void Take(string name, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                Numbers[name] = reader.TryGetInt64(out var whole) ? Math.Max(0, whole) : 0;
                break;
            case JsonTokenType.True:
                DryRun |= name == "dry_run";
                break;
            case JsonTokenType.String:
                TakeText(name, ref reader);
                break;
            case JsonTokenType.StartArray when name == "current_files":
                CurrentFiles = Texts(ref reader);
                break;
            case JsonTokenType.StartObject when name == "error":
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var inner = reader.GetString()!;
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String)
                    {
                        TakeText(inner, ref reader);
                    }
                    else
                    {
                        reader.Skip();
                    }
                }

                break;
            default:
                reader.Skip();
                break;
        }
    }

    private void TakeText(string name, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "message": Text = reader.GetString(); break;
            case "item": Item = reader.GetString(); break;
            case "action": Action = reader.GetString(); break;
            case "old_snapshot_id": OldId = reader.GetString(); break;
            case "new_snapshot_id": NewId = reader.GetString(); break;
            case "snapshot_id": SnapshotId = reader.GetString(); break;
            case "backup_start" when reader.TryGetDateTimeOffset(out var start): BackupStart = start; break;
        }
    }

    private static List<string> Texts(ref Utf8JsonReader reader)
    {
        List<string> texts = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String && texts.Count < 64)
            {
                texts.Add(reader.GetString()!);
            }
            else
            {
                reader.Skip();
            }
        }

        return texts;
    }

    // restic clears lines and puts carriage returns before some of its texts.
    private static string Plain(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("\u001b[2K"u8))
        {
            line = line[4..];
        }

        var text = Encoding.UTF8.GetString(line.TrimStart((byte)'\r'));
        return line.ContainsAny(Controls) ? string.Concat(text.Select(c => char.IsControl(c) ? '·' : c)) : text;
    }
}
