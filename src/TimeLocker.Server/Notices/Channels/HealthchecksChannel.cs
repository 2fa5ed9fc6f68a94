using System.Text;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Http;
using TimeLocker.Core.Notices;

namespace TimeLocker.Server.Notices.Channels;

/// <summary>
/// Pings for Healthchecks and what speaks like it: somebody else raises the alarm when the pings stop, even when all of
/// TimeLocker is gone. A good run or a sign of life pings the address itself, trouble pings /fail, everything else is
/// only noted there (/log).
/// </summary>
public sealed class HealthchecksChannel(OutgoingHttp http) : INoticeChannel
{
    public string Kind => "healthchecks";
    public Text Title => Texts.HealthchecksTitle;
    public Text Summary => Texts.HealthchecksSummary;
    public bool Pings => true;

    public IReadOnlyList<Field> Fields { get; } =
    [
        ChannelFields.Webhook(Texts.HealthchecksWebhookHelp) with
        {
            Label = Texts.PingAddress,
            Rule = v => ChannelFields.SecretUrl(v)
                ?? (v.Contains('?', StringComparison.Ordinal) ? Texts.ContainsEnterAddressWithout : null),
        },
        ChannelFields.AliveMinutes,
        ChannelFields.OwnNetwork,
    ];

    public TimeSpan? AliveEvery(FieldValues values) =>
        int.TryParse(values[ChannelFields.AliveMinutes.Name], out var minutes) && minutes > 0
            ? TimeSpan.FromMinutes(minutes) : null;

    public Task SendAsync(NoticeMessage message, FieldValues values, CancellationToken ct)
    {
        var way = message switch
        {
            { Level: not NoticeLevel.Info } => "/fail",
            { Event: NoticeEvent.Succeeded or NoticeEvent.Recovered or NoticeEvent.Alive or NoticeEvent.Test } => "",
            _ => "/log",
        };
        var request = new HttpRequestMessage(HttpMethod.Post,
            values["url"].TrimEnd('/')
                + way)
        {
            Content = new StringContent($"{message.Title}\n{ChannelFields.Body(message)}", Encoding.UTF8,
                "text/plain")
        };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", ChannelFields.HeaderKey(message));
        return http.SendAsync("The ping address", request, values.Flag("ownNetwork"), ct);
    }
}
