using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using TimeLocker.Core;
using TimeLocker.Server;
using TimeLocker.Server.Api;

namespace TimeLocker;

/// <summary>Talks to a running server as any other program would: JSON-RPC for calls, server-sent events for runs.</summary>
internal sealed class RpcClient : IDisposable
{
    private readonly HttpClient http;

    private RpcClient(string address, string token)
    {
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(address),
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        if (CultureInfo.CurrentUICulture.Name is { Length: > 0 } language)
        {
            http.DefaultRequestHeaders.AcceptLanguage.Add(new(language)); // LANG=C names none
        }
    }

    /// <summary>The server and token that were given, or the server of the state directory with its owner's right.</summary>
    public static RpcClient Open(string data, string? server, string? token)
    {
        if (server is not null
            && !(Uri.TryCreate(server, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
        {
            throw ProblemException.Invalid(Problems.NotAddressServerDoes(server));
        }

        if (token is not null && (token.Length == 0 || token.Any(c => c is <= ' ' or > '~')))
        {
            throw new ProblemException(ProblemKind.Unauthorized, Problems.NotTokenEmptyOr);
        }

        if (server is not null && token is not null)
        {
            return new(server, token);
        }

        var here = RunningServer.Of(data);
        if (server is not null)
        {
            // The owner's right is for the owner's own server, and is sent nowhere else.
            return here is not null && RunningServer.IsSame(here.Address, server)
                ? new(server, here.Token)
                : throw new ProblemException(ProblemKind.Unauthorized, Problems.ServerAsksTokenNone(server));
        }

        return here is not null ? new(here.Address, token ?? here.Token)
            : throw new ProblemException(ProblemKind.Unavailable,
                Problems.NoTimelockerServerRunning(RunningServer.NoteOf(data)));
    }

    public async Task<JsonNode?> CallAsync(string method, object? parameters, CancellationToken ct)
    {
        var answer = await ReachAsync(async () =>
        {
            using var response = await http.PostAsJsonAsync("/rpc",
                new { jsonrpc = "2.0", id = 1, method, @params = parameters ?? new { } }, ApiJson.Options, ct);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonNode>(ct)
                : throw await RefusedAsync(response, ct);
        });
        return answer?["error"] is { } error ? throw Fault(error) : answer?["result"];
    }

    public async Task<T> CallAsync<T>(string method, object? parameters, CancellationToken ct) =>
        (await CallAsync(method, parameters, ct)).Deserialize<T>(ApiJson.Options)!;

    /// <summary>A run as it changes, up to its end.</summary>
    public async IAsyncEnumerable<JsonNode> WatchAsync(string run, [EnumeratorCancellation] CancellationToken ct)
    {
        using var response = await StreamAsync("runs.events", new() { ["id"] = [run] }, ct);
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(ct))
        {
            yield return JsonNode.Parse(item.Data)!;
        }
    }

    /// <summary>What an operation answers as a stream, written to a file or to standard output.</summary>
    /// <param name="values">For the address: what has a place in its route, the rest behind it.</param>
    /// <returns>How many bytes it was.</returns>
    public async Task<long> DownloadAsync(string operation, Dictionary<string, string[]> values, Stream into, CancellationToken ct)
    {
        using var response = await StreamAsync(operation, values, ct);
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[1 << 16];
        long all = 0;
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0; all += read)
            {
                await into.WriteAsync(buffer.AsMemory(0, read), ct);
            }
        }
        catch (Exception cut) when (cut is HttpIOException or HttpRequestException)
        {
            throw new ProblemException(ProblemKind.Failed,
                Problems.DownloadBrokeOffServer,
                cut);
        }

        return all;
    }

    private async Task<HttpResponseMessage> StreamAsync(string operation, Dictionary<string, string[]> values, CancellationToken ct)
    {
        var response =
            await ReachAsync(() => http.GetAsync(AddressOf(operation, values), HttpCompletionOption.ResponseHeadersRead,
                ct));
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await RefusedAsync(response, ct);
        }
    }

    private static string AddressOf(string operation, Dictionary<string, string[]> values)
    {
        var route = BuiltIns.Operations().Find(operation)!.Route;
        List<string> behind = [];
        foreach (var (name, all) in values)
        {
            if (route.Contains($"{{{name}}}", StringComparison.Ordinal))
            {
                route = route.Replace($"{{{name}}}", Uri.EscapeDataString(all[0]), StringComparison.Ordinal);
            }
            else
            {
                behind.AddRange(all.Select(value => $"{name}={Uri.EscapeDataString(value)}"));
            }
        }

        return $"{Rest.Prefix}{route}{(behind.Count == 0 ? "" : "?")}{string.Join('&', behind)}";
    }

    public void Dispose() => http.Dispose();

    private async Task<T> ReachAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException e)
        {
            throw new ProblemException(ProblemKind.Unavailable,
                Problems.TimelockerServerDoesNot(TextArgument.Of(http.BaseAddress), e.Message), e);
        }
    }

    private static async Task<ProblemException> RefusedAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        if (status == 401)
        {
            return new(ProblemKind.Unauthorized, Problems.ServerDoesNotAccept);
        }

        var said = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? await response.Content.ReadFromJsonAsync<JsonNode>(ct) : null;
        return said?["what"] is { } what
            ? new(KindOf(status), Text.Verbatim(what.ToString()), Text.Verbatim(TextArgument.Of(said["why"])),
                Text.Verbatim(TextArgument.Of(said["next"])))
            : new(ProblemKind.Unavailable, Problems.ServerCannotAnswerNow(status));
    }

    private static ProblemKind KindOf(int status) =>
        Enum.GetValues<ProblemKind>().FirstOrDefault(k => Rest.StatusOf(k) == status, ProblemKind.Failed);

    private static ProblemException Fault(JsonNode error)
    {
        var (code, problem) = ((int)error["code"]!, error["data"].Deserialize<Problem>(ApiJson.Options));
        var kind = code == -32602 ? ProblemKind.Invalid : code == -32601 ? ProblemKind.NotFound : KindOf(-32000 - code);
        return new(kind, problem ?? new(Text.Verbatim(error["message"]!.ToString()), Texts.ServerSaidNoMore, Texts.SeeLog));
    }
}
