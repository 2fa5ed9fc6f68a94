using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>An incoming webhook of Slack; Mattermost and Rocket.Chat take the same.</summary>
public sealed class SlackChannel(OutgoingHttp http) : INoticeChannel
{
    public string Kind => "slack";
    public Text Title => Texts.SlackTitle;
    public Text Summary => Texts.SlackSummary;

    public IReadOnlyList<Field> Fields { get; } =
    [
        ChannelFields.Webhook(Texts.SlackWebhookHelp),
        ChannelFields.OwnNetworkAdvanced,
    ];

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var sign = message.Level switch { NoticeLevel.Error => ":rotating_light: ", NoticeLevel.Warning => ":warning: ", _ => "" };
        var link = message.Url is { } url ? $"\n<{url}|{Texts.OpenInTimeLocker}>" : "";
        var body = new JsonObject
        {
            ["text"] = ChannelFields.Cut($"{sign}*{Plain(message.Title)}*\n{Plain(ChannelFields.Body(message))}", 3500) + link
        };
        return http.SendAsync("Slack", ChannelFields.Post(values["url"], body, message), values.Flag("ownNetwork"), ct);
    }

    // So that a name can neither call everybody nor make a link.
    private static string Plain(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">",
            "&gt;", StringComparison.Ordinal);
}
