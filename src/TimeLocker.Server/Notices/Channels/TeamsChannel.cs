using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>A workflow of Microsoft Teams ("Post to a channel when a webhook request is received"): an adaptive card.</summary>
public sealed class TeamsChannel(OutgoingHttp http) : INoticeChannel
{
    public string Kind => "teams";
    public Text Title => Texts.TeamsTitle;
    public Text Summary => Texts.TeamsSummary;

    public IReadOnlyList<Field> Fields { get; } =
    [
        ChannelFields.Webhook(Texts.TeamsWebhookHelp),
        ChannelFields.OwnNetworkAdvanced,
    ];

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = new JsonArray(
                Line(message.Title, true, message.Level switch
                {
                    NoticeLevel.Error => "Attention",
                    NoticeLevel.Warning => "Warning",
                    _ => "Default"
                }),
                Line(ChannelFields.Body(message), false, "Default")),
        };
        if (message.Url is { } url)
        {
            card["actions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Action.OpenUrl",
                ["title"] = Texts.OpenInTimeLocker.Full,
                ["url"] = url,
            });
        }

        var body = new JsonObject
        {
            ["type"] = "message",
            ["attachments"] =
                new JsonArray(new JsonObject
                {
                    ["contentType"] = "application/vnd.microsoft.card.adaptive",
                    ["content"] = card,
                }),
        };
        return http.SendAsync("Teams", ChannelFields.Post(values["url"], body, message), values.Flag("ownNetwork"), ct);
    }

    // A text run knows no Markdown: a name cannot make a link.
    private static JsonObject Line(string text, bool title, string color) => new()
    {
        ["type"] = "RichTextBlock",
        ["inlines"] = new JsonArray(new JsonObject
        {
            ["type"] = "TextRun",
            ["text"] = text,
            ["weight"] = title ? "Bolder" : "Default",
            ["size"] = title ? "Medium" : "Default",
            ["color"] = color,
        }),
    };
}
