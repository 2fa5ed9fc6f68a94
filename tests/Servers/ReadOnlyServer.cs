using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Secrets;

namespace TimeLocker.Tests.Servers;

/// <summary>A repository's folder over HTTP as restic's REST server shows it; whatever would change it is refused.</summary>
public sealed class ReadOnlyServer : IAsyncDisposable
{
    private readonly string folder;
    private readonly HttpStatusCode refusal;
    private readonly HttpListener listener = new();
    private readonly Task serving;
    private int refused;

    public ReadOnlyServer(string folder, string password, HttpStatusCode refusal)
    {
        (this.folder, this.refusal) = (folder, refusal);
        Address = $"http://127.0.0.1:{Ports.Free()}/";
        Target = new() { Location = $"rest:{Address}", Password = new Secret(password) };
        listener.Prefixes.Add(Address);
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public string Address { get; }

    /// <summary>How often it was asked to change something.</summary>
    public int Refused => refused;

    public ResticTarget Target { get; }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var (request, answer) = (context.Request, context.Response);
        try
        {
            if (request.HttpMethod is not ("GET" or "HEAD"))
            {
                Interlocked.Increment(ref refused);
                await request.InputStream.CopyToAsync(Stream.Null);
                answer.StatusCode = (int)refusal;
            }
            else if (Read(request.Url!.AbsolutePath, answer) is not { } content)
            {
                answer.StatusCode = 404;
            }
            else
            {
                await SendAsync(request, answer, content);
            }

            answer.Close();
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The other side is gone.
        }
    }

    private byte[]? Read(string address, HttpListenerResponse answer)
    {
        var parts = address.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var path = parts is ["data", var pack] ? Path.Combine(folder, "data", pack[..2], pack) : Path.Combine([folder, .. parts]);
        if (!Directory.Exists(path))
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }

        answer.ContentType = "application/vnd.x.restic.rest.v2";
        return JsonSerializer.SerializeToUtf8Bytes(Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Select(file => new { name = Path.GetFileName(file), size = new FileInfo(file).Length }));
    }

    private static async Task SendAsync(HttpListenerRequest request, HttpListenerResponse answer, byte[] content)
    {
        var (from, length) = (0, content.Length);
        if (request.Headers["Range"] is { } wanted && RangeHeaderValue.Parse(wanted).Ranges.First() is var range)
        {
            answer.StatusCode = 206;
            from = (int)range.From!;
            length = (int)Math.Min(range.To ?? content.Length - 1, content.Length - 1) - from + 1;
            answer.Headers["Content-Range"] = string.Create(CultureInfo.InvariantCulture,
                $"bytes {from}-{from + length - 1}/{content.Length}");
        }

        answer.ContentLength64 = length;
        if (request.HttpMethod == "GET")
        {
            await answer.OutputStream.WriteAsync(content.AsMemory(from, length));
        }
    }
}
