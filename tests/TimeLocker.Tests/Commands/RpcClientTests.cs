using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Shouldly;
using Xunit;

namespace TimeLocker.Tests.Commands;

public sealed class RpcClientTests
{
    [Theory, InlineData("de-DE", "Accept-Language: de-DE"), InlineData("qps-Ploc", "Accept-Language: qps-Ploc"),
        InlineData("", null)]
    public async Task The_server_is_told_which_language_the_user_reads(string culture, string? expected)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = new(culture);
        try
        {
            using var server = new TcpListener(IPAddress.Loopback, 0);
            server.Start();
            using var client = RpcClient.Open("/nowhere", $"http://{server.LocalEndpoint}", "token");
            var asked = AnswerAsync(server);
            await client.CallAsync("status.get", null, CancellationToken.None);
            (await asked).FirstOrDefault(line => line.StartsWith("Accept-Language", StringComparison.Ordinal)).ShouldBe(expected);
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    /// <returns>The head of the request.</returns>
    private static async Task<List<string>> AnswerAsync(TcpListener server)
    {
        using var connection = await server.AcceptTcpClientAsync(CancellationToken.None);
        using var reader = new StreamReader(connection.GetStream());
        List<string> head = [];
        while (await reader.ReadLineAsync(CancellationToken.None) is { Length: > 0 } line)
        {
            head.Add(line);
        }

        await connection.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\nConnection: close\r\n\r\n{\"result\":{}}"),
            CancellationToken.None);
        return head;
    }
}
