using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>A Gotify server.</summary>
public sealed class GotifyChannel(OutgoingHttp http) : INoticeChannel
{
    public string Kind => "gotify";
    public Text Title => Texts.GotifyTitle;
    public Text Summary => Texts.GotifySummary;

    public IReadOnlyList<Field> Fields { get; } =
    [
        ChannelFields.Server("https://gotify.example.org"),
        ChannelFields.Token(Texts.TokenHelp),
        ChannelFields.OwnNetwork,
    ];

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var request = ChannelFields.Post(values["server"].TrimEnd('/') + "/message", new JsonObject
        {
            ["title"] = message.Title,
            ["message"] = ChannelFields.Body(message),
            ["priority"] = message.Level switch { NoticeLevel.Error => 8, NoticeLevel.Warning => 5, _ => 2 },
            ["extras"] = new JsonObject
            {
                ["client::display"] = new JsonObject { ["contentType"] = "text/plain" },
                ["client::notification"] = new JsonObject { ["click"] = new JsonObject { ["url"] = message.Url } },
            },
        }, message);
        request.Headers.TryAddWithoutValidation("X-Gotify-Key", values["token"]);
        return http.SendAsync("Gotify", request, values.Flag("ownNetwork"), ct);
    }
}
