using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TimeLocker.Tests.Servers;

/// <summary>
/// Ports of the loopback for tests. Below those that the system gives to outgoing connections: a server that is started
/// again finds its own still free.
/// </summary>
public static class Ports
{
    private const int First = 20000, Beyond = 32000;

    private static int next = Random.Shared.Next(First, Beyond); // several test processes run at once

    public static int Free()
    {
        while (true)
        {
            var port = First + ((Interlocked.Increment(ref next) - First) % (Beyond - First));
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    /// <param name="whyNot">Why it never will, or null.</param>
    public static async Task AnswersAsync(int port, Func<string?> whyNot)
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(30))
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (whyNot() is null && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(120))
            {
            }
            catch (SocketException e)
            {
                throw new InvalidOperationException(whyNot() ?? $"Nothing answers at port {port}.", e);
            }
        }
    }
}
