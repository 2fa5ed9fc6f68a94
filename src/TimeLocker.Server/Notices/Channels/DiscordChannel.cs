using System.Globalization;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>A webhook of a Discord channel. Nobody is ever mentioned.</summary>
public sealed class DiscordChannel(OutgoingHttp http) : INoticeChannel
{
    public string Kind => "discord";
    public Text Title => Texts.DiscordTitle;
    public Text Summary => Texts.DiscordSummary;

    public IReadOnlyList<Field> Fields { get; } =
    [
        ChannelFields.Webhook(Texts.WebhookHelp),
        ChannelFields.OwnNetworkAdvanced,
    ];

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var body = new JsonObject
        {
            ["embeds"] = new JsonArray(new JsonObject
            {
                ["title"] = Plain(message.Title),
                ["description"] = Plain(ChannelFields.Body(message)),
                ["url"] = message.Url,
                ["color"] = message.Level switch { NoticeLevel.Error => 0xC62828, NoticeLevel.Warning => 0xB26A00, _ => 0x2E7D32 },
                ["timestamp"] = message.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            }),
            ["allowed_mentions"] = new JsonObject { ["parse"] = new JsonArray() },
        };
        return http.SendAsync("Discord", ChannelFields.Post(values["url"], body, message), values.Flag("ownNetwork"), ct);
    }

    // Markdown in a name stays what was typed.
    private static string Plain(string text) =>
        ChannelFields.Cut(string.Concat(text.Select(c => c is '*' or '_' or '~' or '`' or '|' or '>' or '[' or ']'
            or '\\' or '#' ? $"\\{c}" : c.ToString())), 3500);
}
