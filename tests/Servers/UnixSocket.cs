using System.Diagnostics;
using System.Net.Sockets;

namespace TimeLocker.Tests.Servers;

/// <summary>A server at a path. Its file is there a moment before it answers.</summary>
public static class UnixSocket
{
    public static async Task AnswersAsync(string path)
    {
        for (var since = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            try
            {
                using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await probe.ConnectAsync(new UnixDomainSocketEndPoint(path));
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(60))
            {
            }
        }
    }
}
