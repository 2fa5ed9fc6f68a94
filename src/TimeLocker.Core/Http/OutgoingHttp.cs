using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace TimeLocker.Core.Http;

/// <summary>
/// The only way out to addresses that people typed: no redirects, no cookies, no proxy, five seconds, 64 KiB of answer, and no address of this
/// machine's own network unless an Admin says that the server is there. The address is checked when it is connected to, not before.
/// </summary>
public sealed class OutgoingHttp : IDisposable
{
    internal const int MostAnswer = 64 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // Two, so that a connection that was opened with a permission is never used without it.
    private readonly HttpClient everywhere = Client(OutgoingAddress.IsPublic), nearby = Client(OutgoingAddress.IsPublicOrOwn);

    /// <param name="who">For people: "Slack".</param>
    /// <exception cref="ProblemException">Of kind Unavailable: later perhaps. Any other: not before a person has changed something. Never with a part of the address or of the request.</exception>
    public async Task SendAsync(string who, HttpRequestMessage request, bool ownNetwork, CancellationToken ct)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } address || address.Scheme is not ("http" or "https") || (address.Scheme == "http" && !ownNetwork))
        {
            throw ProblemException.Invalid($"{who} was not asked.", "Its address begins with http://: everybody on the way could read what is sent.", "Use an address that begins with https://, or say that the server is in your own network.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            using var response = await (ownNetwork ? nearby : everywhere).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw Refused(who, response.StatusCode, await AnswerText.ReadAsync(response, limit.Token), address);
            }

            await EndAsync(response, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Silent(who, "It did not answer within five seconds.");
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
        var why = words is null ? Sentence.Of($"It answered {(int)status}.") : Sentence.Of($"It answered {(int)status}: “{words}”.");
        return (int)status switch
        {
            408 or 425 or 429 => Silent(who, why),
            >= 500 => Silent(who, why),
            < 400 => new(ProblemKind.Upstream, $"{who} did not take the message.",
                $"It answered {(int)status}: it wants to send us to another address, which is never followed.",
                "Enter the address where it really is."),
            401 or 403 => new(ProblemKind.Upstream, $"{who} did not take the message.", why,
                "Its token, password or address is wrong, or was revoked: enter it again."),
            404 or 410 => new(ProblemKind.Upstream, $"{who} did not take the message.", why, "There is nothing at this address any more: enter it again."),
            _ => new(ProblemKind.Upstream, $"{who} did not take the message.", why,
                "Compare the channel's settings with what the service expects, and test it."),
        };
    }

    private static ProblemException Silent(string who, Sentence why) => new(ProblemKind.Unavailable, $"{who} cannot take messages now.", why, "It is tried again by itself. If it stays so, check the address and test the channel.");

    private static Sentence Why(HttpRequestException fault) => fault.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "There is no server of this name.",
        HttpRequestError.SecureConnectionError => "A secure connection could not be made: its certificate is not valid for this name, or not trusted by this machine.",
        HttpRequestError.ConnectionError => "Nothing answers at its address.",
        _ when fault.InnerException is AuthenticationException => "A secure connection could not be made: its certificate is not valid for this name, or not trusted by this machine.",
        _ => "The connection broke before it answered.",
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
            throw addresses.All(a => !OutgoingAddress.IsPublicOrOwn(a)) ? ProblemException.Invalid("This server was not asked.", "Its address is one that no server has that takes messages (link-local, reserved …).", "Enter another address.")
                : new ProblemException(ProblemKind.Invalid, "This server was not asked.", "Its address is in this machine's own network, or on this machine itself.", "If that is meant, tick “This server is in my own network”.");
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
