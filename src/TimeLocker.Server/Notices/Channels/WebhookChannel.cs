using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>
/// Any program that takes a POST. With a signing key it can tell that a message is from here, and not an old one.
/// </summary>
public sealed class WebhookChannel(OutgoingHttp http, TimeProvider clock) : INoticeChannel
{
    public const string SignatureHeader = "X-TimeLocker-Signature", TimestampHeader = "X-TimeLocker-Timestamp";
    private const string Json = "application/json", Text = "text/plain";

    public string Kind => "webhook";
    public Text Title => Texts.WebhookTitle;
    public Text Summary => Texts.WebhookSummary;

    public IReadOnlyList<Field> Fields { get; } =
    [
        ChannelFields.Webhook(Texts.WebhookWebhookHelp),
        new("signingKey", Texts.SigningKey, FieldType.Secret) { Help = Texts.SigningKeyHelp },
        ChannelFields.OwnNetwork,
        new("contentType", Texts.ContentType, FieldType.Choice)
        {
            Advanced = true,
            Required = true,
            Choices = [Json, Text],
            Default = Json,
        },
        new("template", Texts.Template, FieldType.Lines)
        {
            Advanced = true,
            Example = """{"subject": "{{title}}", "body": "{{text}}"}""",
            Help = Texts.TemplateHelp("{{title}} {{text}} {{event}} {{level}} {{subject}} {{url}} {{at}} {{key}} {{installation}}"),
            Rule = v => v.Length > 8000 ? Texts.MoreThanCharacters : IsBroken(v) ? Texts.BeginsLikeJsonNone : null,
        },
    ];

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var type = values.Has("contentType") ? values["contentType"] : Json;
        var body = Encoding.UTF8.GetBytes(values.Has("template") ? Filled(values["template"], message, type == Json)
            : Whole(message));
        var request = new HttpRequestMessage(HttpMethod.Post, values["url"]) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type, "utf-8");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", ChannelFields.HeaderKey(message));
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation(TimestampHeader, timestamp);
        if (values.Has("signingKey"))
        {
            request.Headers.TryAddWithoutValidation(SignatureHeader, Signature(values["signingKey"], timestamp, body));
        }

        return http.SendAsync("The webhook", request, values.Flag("ownNetwork"), ct);
    }

    /// <summary>HMAC-SHA256 of timestamp, a full stop and the body.</summary>
    internal static string Signature(string key, string timestamp, byte[] body) =>
        "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key),
            (byte[])[.. Encoding.ASCII.GetBytes(timestamp + "."), .. body]));

    private static Dictionary<string, string> Values(NoticeMessage n) => new()
    {
        ["key"] = n.Key,
        ["event"] = JsonNamingPolicy.CamelCase.ConvertName(n.Event.ToString()),
        ["level"] = JsonNamingPolicy.CamelCase.ConvertName(n.Level.ToString()),
        ["title"] = n.Title,
        ["text"] = n.Text,
        ["subject"] = n.Subject ?? "",
        ["url"] = n.Url ?? "",
        ["at"] = n.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["installation"] = n.Installation,
    };

    private static string Whole(NoticeMessage message)
    {
        var json = new JsonObject();
        foreach (var (name, value) in Values(message))
        {
            json[name] = value;
        }

        return json.ToJsonString();
    }

    private static bool IsBroken(string template)
    {
        var sample = Filled(template,
            new("key", NoticeEvent.Failed, NoticeLevel.Error, "title", "text", null, DateTimeOffset.UnixEpoch, "here"),
            json: true).Trim();
        try
        {
            return sample is ['{' or '[', ..] && JsonNode.Parse(sample) is null;
        }
        catch (JsonException)
        {
            return true;
        }
    }

    // In one pass: a value that contains {{…}} is not filled in again. In JSON a value cannot leave its string.
    private static string Filled(string template, NoticeMessage message, bool json)
    {
        var values = Values(message);
        var filled = new StringBuilder();
        for (var at = 0; at < template.Length;)
        {
            var open = template.IndexOf("{{", at, StringComparison.Ordinal);
            var close = open < 0 ? -1 : template.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                return filled.Append(template, at, template.Length - at).ToString();
            }

            filled.Append(template, at, open - at);
            if (values.TryGetValue(template[(open + 2)..close].Trim(), out var value))
            {
                filled.Append(json ? JsonEncodedText.Encode(value).ToString() : value);
                at = close + 2;
            }
            else
            {
                filled.Append('{');
                at = open + 1;
            }
        }

        return filled.ToString();
    }
}
