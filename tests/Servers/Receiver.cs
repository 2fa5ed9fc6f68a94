using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace TimeLocker.Tests.Servers;

/// <param name="Headers">By lower-case name.</param>
public sealed record Received(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>What it was answered; 0: nothing, the connection was cut.</summary>
    public int Status { get; set; }
}

/// <summary>A service on loopback that takes messages over HTTP, writes them down and answers as it is told.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly CancellationTokenSource over = new();
    private readonly Task listening;

    public Receiver()
    {
        Port = Ports.Free();
        listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        listener.Start();
        listening = Task.Run(ListenAsync);
    }

    public int Port { get; }
    public string Address => $"http://127.0.0.1:{Port}";
    public ConcurrentQueue<Received> All { get; } = new();
    public Received Last => All.Last();

    /// <summary>How a request is answered; at first with 200 and nothing.</summary>
    public Func<Received, HttpListenerResponse, CancellationToken, Task> Answer { get; set; } = (_, _, _) => Task.CompletedTask;

    public void Answers(int status, string body = "", string? location = null) => Answer = async (_, response, ct) =>
    {
        response.StatusCode = status;
        if (location is not null)
        {
            response.Headers["Location"] = location;
        }

        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body), ct);
    };

    private async Task ListenAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => TakeAsync(context));
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        try
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var received = new Received(context.Request.HttpMethod, context.Request.RawUrl!,
                context.Request.Headers.AllKeys.ToDictionary(k => k!.ToLowerInvariant(),
                    k => context.Request.Headers[k]!), await reader.ReadToEndAsync(over.Token));
            All.Enqueue(received);
            await Answer(received, context.Response, over.Token);
            var status = context.Response.StatusCode;
            context.Response.Close();
            received.Status = status;
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or OperationCanceledException
            or IOException or InvalidOperationException)
        {
            // Whoever asked is gone, or the test is over.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        listener.Close();
        await listening;
        over.Dispose();
    }
}
