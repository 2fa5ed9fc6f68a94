using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>ntfy, its own server or ntfy.sh. As JSON, so that no title can become a header.</summary>
public sealed class NtfyChannel(OutgoingHttp http) : INoticeChannel
{
    public string Kind => "ntfy";
    public Text Title => Texts.NtfyTitle;
    public bool IsUsual => true;
    public Text Summary => Texts.NtfySummary;

    public IReadOnlyList<Field> Fields { get; } =
    [
        ChannelFields.Server("https://ntfy.sh") with { Default = "https://ntfy.sh" },
        new("topic", Texts.Topic, FieldType.Secret)
        {
            Required = true,
            Help = Texts.TopicHelp,
            Rule = v => v.Length <= 64 && v.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? null
                : Texts.TopicLettersDigitsOnly,
        },
        ChannelFields.Token(Texts.NtfyTokenHelp) with { Required = false },
        ChannelFields.OwnNetwork,
    ];

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var request = ChannelFields.Post(values["server"].TrimEnd('/') + "/", new JsonObject
        {
            ["topic"] = values["topic"],
            ["title"] = message.Title,
            ["message"] = ChannelFields.Body(message),
            ["priority"] = message.Level switch { NoticeLevel.Error => 5, NoticeLevel.Warning => 4, _ => 3 },
            ["tags"] = new JsonArray(message.Level switch
            {
                NoticeLevel.Error => "rotating_light",
                NoticeLevel.Warning => "warning",
                _ => "white_check_mark"
            }),
            ["click"] = message.Url,
        }, message);
        if (values.Has("token"))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", values["token"]);
        }

        return http.SendAsync("ntfy", request, values.Flag("ownNetwork"), ct);
    }
}
