using System.Text.Json;
using System.Text.Json.Nodes;

namespace TimeLocker.Server.Api;

/// <summary>
/// Reads JSON with every text in it at once. A node alone looks at a text when somebody asks for it, which may be after
/// the work is done.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Once = new() { AllowDuplicateProperties = false };

    /// <exception cref="JsonException">It cannot be read.</exception>
    public static async Task<JsonNode?> ReadAsync(Stream body, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, ct);
        var json = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        json = json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;
        ReadTexts(json.Span);
        return JsonNode.Parse(json.Span, documentOptions: Once);
    }

    private static void ReadTexts(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                _ = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? reader.GetString() : null;
            }
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A text in it is not Unicode: it has bytes that are not UTF-8, or half of a character.", e);
        }
    }
}
