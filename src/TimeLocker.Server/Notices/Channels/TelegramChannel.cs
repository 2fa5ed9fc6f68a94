using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>A bot of Telegram, which writes to one chat.</summary>
public sealed class TelegramChannel(OutgoingHttp http) : INoticeChannel
{
    private const string Api = "https://api.telegram.org";

    public string Kind => "telegram";
    public Text Title => Texts.TelegramTitle;
    public Text Summary => Texts.TelegramSummary;

    public IReadOnlyList<Field> Fields { get; } =
    [
        ChannelFields.Token(Texts.TelegramTokenHelp) with { Rule =
            v => v.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '_' or '-')
                && v.Contains(':', StringComparison.Ordinal) ? null : Texts.BotsTokenLooksLike },
        new("chat", Texts.Chat)
        {
            Required = true,
            Example = "-1001234567890",
            Help = Texts.ChatHelp,
            Pattern = @"-?[0-9]{1,20}|@[A-Za-z0-9_]{3,64}",
        },
        new("server", Texts.Server)
        {
            Advanced = true,
            Place = true,
            Default = Api,
            Help = Texts.ServerHelp,
            Rule = Core.Repositories.Backends.AddressRules.Url,
        },
        ChannelFields.OwnNetworkAdvanced,
    ];

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var sign = message.Level switch { NoticeLevel.Error => "🔴 ", NoticeLevel.Warning => "🟠 ", _ => "" };
        var body = new JsonObject
        {
            ["chat_id"] = values["chat"],
            // no parse_mode: nothing in it is markup
            ["text"] = ChannelFields.Cut($"{sign}{message.Title}\n{ChannelFields.Body(message, link: true)}", 4000),
            ["disable_notification"] = message.Level == NoticeLevel.Info,
            ["link_preview_options"] = new JsonObject { ["is_disabled"] = true },
        };
        var server = values.Has("server") ? values["server"] : Api;
        return http.SendAsync("Telegram",
            ChannelFields.Post($"{server.TrimEnd('/')}/bot{values["token"]}/sendMessage", body, message),
            values.Flag("ownNetwork"), ct);
    }
}
