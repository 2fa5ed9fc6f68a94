using System.CommandLine;
using System.CommandLine.Completions;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TimeLocker.Core;

namespace TimeLocker.Commands;

/// <summary>
/// Names that a shell offers: asked of the server of the state directory, and of no other, since the shell waits.
/// </summary>
internal static class NameCompletion
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static Argument<T> Offering<T>(this Argument<T> argument, string list)
    {
        argument.HelpName ??= argument.Name; // without it the help would ask for the names, too
        argument.CompletionSources.Add(context => Names(context, list));
        return argument;
    }

    public static Option<T> Offering<T>(this Option<T> option, string list)
    {
        option.HelpName ??= option.Name.TrimStart('-');
        option.CompletionSources.Add(context => Names(context, list));
        return option;
    }

    private static IEnumerable<CompletionItem> Names(CompletionContext context, string list)
    {
        try
        {
            if (RunningServer.Of(CommandFrame.Options(context.ParseResult).Data) is not { } server)
            {
                return [];
            }

            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(server.Address), "/rpc"))
            {
                Content = new StringContent(
                    new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = list }.ToJsonString(),
                    Encoding.UTF8,
                    "application/json"),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", server.Token) },
            };
            using var response = http.Send(request);
            using var body = response.Content.ReadAsStream();
            return [.. JsonNode.Parse(body)?["result"]?["items"]?.AsArray()
                .Select(o => new CompletionItem(o!["name"]!.ToString())) ?? []];
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException
            or System.Text.Json.JsonException or ProblemException)
        {
            return []; // no names, then
        }
    }
}
