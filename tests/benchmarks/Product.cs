using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using TimeLocker.Tests.Servers;

namespace TimeLocker.Benchmarks;

/// <summary>A TimeLocker with a state directory of its own, used as programs use it: over HTTP, with an API token.</summary>
internal sealed class Product : IAsyncDisposable
{
    public const string User = "bench";

    private readonly Bench bench;
    private Process? server;

    private Product(Bench bench, string data, int port)
    {
        (this.bench, Data) = (bench, data);
        Http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
        }) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Timeout.InfiniteTimeSpan };
    }

    public string Data { get; }
    public HttpClient Http { get; }
    public int Pid => server!.Id;

    /// <summary>Set up, with its first Admin and a token, not yet started.</summary>
    public static async Task<Product> MakeAsync(Bench bench)
    {
        var product = new Product(bench, bench.Path("state"), Ports.Free());
        await product.CommandAsync(Bench.Password, "setup", "--admin", User, "--password-stdin");
        product.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer",
            (await product.CommandAsync("", "token", "create", "--name", "bench", "--role", "Admin")).Trim());
        return product;
    }

    public static async Task<Product> StartedAsync(Bench bench)
    {
        var product = await MakeAsync(bench);
        await product.StartAsync();
        return product;
    }

    /// <returns>Seconds from the start of the process to the first page that it answers.</returns>
    public async Task<double> StartAsync()
    {
        var start = Describe("serve", "--port", $"{Http.BaseAddress!.Port}");
        start.RedirectStandardInput = false;
        var clock = Stopwatch.StartNew();
        server = Process.Start(start)!;
        server.ErrorDataReceived += (_, line) => { if (line.Data is { } said) { Report.Say($"server: {said}"); } };
        server.BeginOutputReadLine();
        server.BeginErrorReadLine();
        while (!server.HasExited)
        {
            try
            {
                using var answer = await Http.GetAsync("/login");
                await answer.Content.ReadAsByteArrayAsync();
                return answer.IsSuccessStatusCode ? clock.Elapsed.TotalSeconds
                    : throw new InvalidOperationException($"/login answered {answer.StatusCode}.");
            }
            catch (HttpRequestException)
            {
                await Task.Delay(2);
            }
        }

        throw new InvalidOperationException($"The server ended with {server.ExitCode}.");
    }

    public async Task StopAsync()
    {
        if (server is not null)
        {
            Native.End(server.Id);
            await server.WaitForExitAsync();
            server.Dispose();
            server = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    public async Task<JsonNode> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonNode>("/api/v1" + path))!;

    public async Task<JsonNode> PostAsync(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync("/api/v1" + path, body);
        return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonNode>())!
            : throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync()}");
    }

    /// <returns>The repository's id.</returns>
    public Task<string> AddRepositoryAsync(string name, string path, bool create) =>
        AddRepositoryAsync(name, Storage.Folder(path), create);

    public async Task<string> AddRepositoryAsync(string name, Place place, bool create) =>
        (await PostAsync("/repositories",
            new { name, backend = place.Backend, values = place.Values, password = Bench.Password,
                create }))["id"]!.ToString();

    /// <returns>The plan's id.</returns>
    public async Task<string> AddPlanAsync(string name, string repository, string source) =>
        (await PostAsync("/plans", new { name, repositoryId = repository, sources = new[] { source } }))["id"]!.ToString();

    /// <summary>Starts a run and watches it to its end, as one open page would.</summary>
    public async Task<(JsonNode Run, double Wall)> RunAsync(string path, object body)
    {
        var clock = Stopwatch.StartNew();
        var id = (await PostAsync(path, body))["id"]!.ToString();
        using var answer = await Http.GetAsync($"/api/v1/runs/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            var run = JsonNode.Parse(item.Data)!;
            if (run["state"]!.ToString() == "ended")
            {
                return run["outcome"]!.ToString() == "succeeded" ? (run, clock.Elapsed.TotalSeconds)
                    : throw new InvalidOperationException($"The run did not succeed: {run["problem"]}");
            }
        }

        throw new InvalidOperationException("The run's events ended before the run.");
    }

    private async Task<string> CommandAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(Describe(arguments))!;
        await process.StandardInput.WriteLineAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output
            : throw new InvalidOperationException($"timelocker {arguments[0]}: {await errors}{await output}");
    }

    private ProcessStartInfo Describe(params string[] arguments)
    {
        var start = new ProcessStartInfo(bench.Program, [.. arguments, "--data", Data])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TIMELOCKER_RESTIC"] = bench.ResticProgram;
        return start;
    }
}
