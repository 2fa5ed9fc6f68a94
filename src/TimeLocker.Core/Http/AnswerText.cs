using System.Text;
using System.Text.Json;

namespace TimeLocker.Core.Http;

/// <summary>
/// What a service says about its refusal ("chat not found"), where it is fit to be shown: short, plain words, and
/// nothing that was sent to it.
/// </summary>
internal static class AnswerText
{
    private const int Most = 160, LongestWord = 24;
    private static readonly string[] Members = ["description", "errorDescription", "error", "message"];

    /// <summary>Reads at most 64 KiB.</summary>
    public static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[OutgoingHttp.MostAnswer];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    /// <param name="address">What was asked: its parts are left out, they may be secret.</param>
    public static string? Of(string said, Uri address)
    {
        var words = (Member(said) ?? said).Trim();
        var fit = words.Length is > 0 and <= Most
            && words.All(c => char.IsLetterOrDigit(c) || c is ' ' or '.' or ',' or ':' or '!' or '\'' or '_' or '-')
            && words.Split(' ', '.', ',', ':', '!', '\'', '_', '-').All(w => w.Length <= LongestWord && !LooksSecret(w))
            && !address.OriginalString.Split('/', '?', '&', '=', ':')
                .Any(part => part.Length > 5 && words.Contains(part, StringComparison.OrdinalIgnoreCase));
        return fit ? words.TrimEnd('.') : null;
    }

    // Words have letters, numbers have digits; what has both, and is long, was made by a machine.
    private static bool LooksSecret(string word) => word.Length > 5 && word.Any(char.IsDigit) && word.Any(char.IsLetter);

    private static string? Member(string said)
    {
        try
        {
            using var json = JsonDocument.Parse(said);
            return json.RootElement.ValueKind != JsonValueKind.Object ? null
                : Members.Select(m => json.RootElement.TryGetProperty(m, out var value)
                    && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
                    .FirstOrDefault(v => v is { Length: > 0 });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
