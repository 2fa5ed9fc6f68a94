using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Tests.Servers;

namespace TimeLocker.EndToEnd;

/// <summary>The API as any program sees it: JSON in, JSON and a status out.</summary>
public sealed class ApiClient(HttpClient http)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public HttpClient Http => http;

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method,
            $"api/v1/{path}")
        {
            Content = body is HttpContent given ? given : body is null ? null
                : JsonContent.Create(body)
        };
        using var response = await http.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public async Task<Answer> RpcAsync(object request)
    {
        using var response = await http.PostAsync("rpc", request as HttpContent ?? JsonContent.Create(request));
        return await Answer.OfAsync(response);
    }

    /// <summary>The result of one call, or its error.</summary>
    public async Task<JsonNode> CallAsync(string method, object? parameters = null) =>
        (await RpcAsync(new { jsonrpc = "2.0", id = 7, method, @params = parameters ?? new { } })).Must(200);

    /// <summary>Listens to a run until it ends.</summary>
    /// <param name="arrived">Is called with each state as it comes.</param>
    /// <returns>All states that were sent; the last is the end.</returns>
    public async Task<IReadOnlyList<JsonNode>> WatchAsync(string run, Action<JsonNode>? arrived = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var response = await http.GetAsync($"api/v1/runs/{run}/events", HttpCompletionOption.ResponseHeadersRead,
            limit.Token);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var seen = new List<JsonNode>();
        await using var stream = await response.Content.ReadAsStreamAsync(limit.Token);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(limit.Token))
        {
            seen.Add(JsonNode.Parse(item.Data)!);
            arrived?.Invoke(seen[^1]);
        }

        seen[^1].Text("state").ShouldBe("ended");
        return seen;
    }

    /// <summary>The run once it has ended.</summary>
    public async Task<JsonNode> EndAsync(JsonNode run, string? outcome = "succeeded")
    {
        await WatchAsync(run.Text("id"));
        var ended = (await GetAsync($"runs/{run.Text("id")}")).Must(200);
        if (outcome is not null)
        {
            ended.Text("outcome").ShouldBe(outcome, ended["problem"]?.ToJsonString());
        }

        return ended;
    }

    /// <summary>Waits until the run is in this state, and fails when it ends before.</summary>
    public Task UntilAsync(JsonNode run, string state) => Eventually.Async(async () =>
    {
        var now = (await GetAsync($"runs/{run.Text("id")}")).Must(200);
        (now.Text("state") == "ended" && state != "ended").ShouldBeFalse(now.ToJsonString());
        return now.Text("state") == state;
    }, 60);

    /// <summary>A repository in a folder: the one that is there, or a new one with a cheap key.</summary>
    public async Task<JsonNode> AddRepositoryAsync(string name, string path, string password = "correct horse battery")
    {
        if (!Path.Exists(path))
        {
            FreshRepository.Put(path, password);
        }

        return (await PostAsync("repositories",
            new { name, backend = "local", values = new { path }, password, create = false })).Must(201);
    }

    public async Task<JsonNode> AddPlanAsync(string name, JsonNode repository, params string[] sources) =>
        (await PostAsync("plans", new { name, repositoryId = repository.Text("id"), sources })).Must(201);

    public async Task<JsonNode> RunAsync(JsonNode plan, string mode = "incremental", params string[] paths) =>
        (await PostAsync($"plans/{plan.Text("id")}/runs", new { mode, paths })).Must(201);

    public async Task<JsonNode> RestoreAsync(object wanted) => (await PostAsync("restores", wanted)).Must(201);
}

public sealed record Answer(int Status, JsonNode? Body, string Raw)
{
    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var raw = await response.Content.ReadAsStringAsync();
        var json = response.Content.Headers.ContentType?.MediaType?.Contains("json", StringComparison.Ordinal) == true;
        return new((int)response.StatusCode, json && raw.Length > 0 ? JsonNode.Parse(raw) : null, raw);
    }

    public JsonNode Must(int status)
    {
        Status.ShouldBe(status, Raw);
        return Body ?? new JsonObject();
    }

    /// <summary>A refusal in the one shape that people get.</summary>
    public JsonNode MustRefuse(int status)
    {
        var problem = Must(status);
        foreach (var part in (string[])["what", "why", "next"])
        {
            problem.Text(part).ShouldNotBeEmpty(Raw);
        }

        return problem;
    }
}

public static class JsonReading
{
    public static string Text(this JsonNode node, params string[] path) => node.At(path)?.ToString() ?? "";

    public static long Number(this JsonNode node, params string[] path) => (long)node.At(path)!;

    public static IReadOnlyList<JsonNode> Items(this JsonNode node) =>
        [.. (node as JsonArray ?? node["items"]!.AsArray()).OfType<JsonNode>()];

    private static JsonNode? At(this JsonNode node, string[] path)
    {
        var at = node;
        foreach (var name in path)
        {
            at = at?[name];
        }

        return at;
    }
}

public static class Eventually
{
    public static async Task Async(Func<Task<bool>> holds, int seconds)
    {
        for (var since = Stopwatch.GetTimestamp(); !await holds(); await Task.Delay(50))
        {
            Stopwatch.GetElapsedTime(since).ShouldBeLessThan(TimeSpan.FromSeconds(seconds), "It never came to that.");
        }
    }
}
