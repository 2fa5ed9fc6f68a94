using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace TimeLocker.Core.Http;

/// <summary>
/// The only way out to addresses that people typed: no redirects, no cookies, no proxy, five seconds, 64 KiB of answer,
/// and no address of this machine's own network unless an Admin says that the server is there. The address is checked
/// when it is connected to, not before.
/// </summary>
public sealed class OutgoingHttp : IDisposable
{
    internal const int MostAnswer = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // Two, so that a connection that was opened with a permission is never used without it.
    private readonly HttpClient everywhere = Client(OutgoingAddress.IsPublic), nearby = Client(OutgoingAddress.IsPublicOrOwn);

    /// <param name="who">For people: "Slack".</param>
    /// <exception cref="ProblemException">Of kind Unavailable: later perhaps. Any other: not before a person has
    /// changed something. Never with a part of the address or of the request.</exception>
    public async Task SendAsync(string who, HttpRequestMessage request, bool ownNetwork, CancellationToken ct)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } address || address.Scheme is not ("http" or "https")
            || (address.Scheme == "http" && !ownNetwork))
        {
            throw ProblemException.Invalid(Problems.NotAskedAddressBegins(who));
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            using var response = await (ownNetwork ? nearby : everywhere).SendAsync(request,
                HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw Refused(who, response.StatusCode, await AnswerText.ReadAsync(response, limit.Token), address);
            }

            await EndAsync(response, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Silent(who, Texts.DidNotAnswerWithin);
        }
        catch (HttpRequestException fault)
        {
            throw fault.InnerException as ProblemException ?? Silent(who, Why(fault));
        }
    }

    // An answer without an end changes nothing any more: the message was taken.
    private static async Task EndAsync(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            await AnswerText.ReadAsync(response, ct);
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or OperationCanceledException)
        {
        }
    }

    private static ProblemException Refused(string who, HttpStatusCode status, string said, Uri address)
    {
        var words = AnswerText.Of(said, address);
        var why = words is null ? Texts.Answered((int)status) : Texts.AnsweredInWords((int)status, words);
        return (int)status switch
        {
            408 or 425 or 429 => Silent(who, why),
            >= 500 => Silent(who, why),
            < 400 => new(ProblemKind.Upstream, Problems.DidNotTakeMessage(who, (int)status)),
            401 or 403 => new(ProblemKind.Upstream, Texts.DidNotTakeMessage(who), why,
                Texts.TokenPasswordOrAddress),
            404 or 410 => new(ProblemKind.Upstream, Texts.DidNotTakeMessage(who), why, Texts.NothingAddressAnyMore),
            _ => new(ProblemKind.Upstream, Texts.DidNotTakeMessage(who), why,
                Texts.CompareChannelsSettingsWhat),
        };
    }

    private static ProblemException Silent(string who, Text why) =>
        new(ProblemKind.Unavailable, Texts.CannotTakeMessagesNow(who), why, Texts.TriedAgainItselfIf);

    private static Text Why(HttpRequestException fault) => fault.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => Texts.NoServerName,
        HttpRequestError.SecureConnectionError => Texts.SecureConnectionCouldNot,
        HttpRequestError.ConnectionError => Texts.NothingAnswersAddress,
        _ when fault.InnerException is AuthenticationException => Texts.SecureConnectionCouldNot,
        _ => Texts.ConnectionBrokeBeforeAnswered,
    };

    private static HttpClient Client(Func<IPAddress, bool> allowed) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxResponseHeadersLength = 16,
        PooledConnectionLifetime = TimeSpan.Zero, // nothing is kept open, nothing has to be watched
        ActivityHeadersPropagator = null, // no number of ours that strangers could compare
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, allowed, ct),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { UserAgent = { new ProductInfoHeaderValue("TimeLocker", null) } },
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint to, Func<IPAddress, bool> allowed, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(to.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(to.Host, ct);
        IPAddress[] open = [.. addresses.Where(allowed)];
        if (open.Length == 0 && addresses.Length > 0)
        {
            throw addresses.All(a => !OutgoingAddress.IsPublicOrOwn(a)) ? ProblemException.Invalid(Problems.ServerNotAskedAddress)
                : new ProblemException(ProblemKind.Invalid, Problems.ServerNotAskedAddressIf);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, to.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        everywhere.Dispose();
        nearby.Dispose();
    }
}
