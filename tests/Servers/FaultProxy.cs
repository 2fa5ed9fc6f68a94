using System.Net;
using System.Net.Sockets;

namespace TimeLocker.Tests.Servers;

/// <summary>What goes wrong between restic and the server.</summary>
public enum Fault
{
    None,

    /// <summary>Nothing listens any more.</summary>
    Refused,

    /// <summary>Connections stay open and nothing comes through.</summary>
    Stalled,

    /// <summary>Every request is answered with 500.</summary>
    Error,
}

/// <summary>Stands before a server, lets everything through at a given pace, and breaks on command.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly int behind;
    private readonly Lock gate = new();
    private readonly List<Socket> open = [];
    private readonly List<Task> work = [];
    private Socket? listener;
    private Fault fault;

    public FaultProxy(int behind)
    {
        (this.behind, Port) = (behind, Ports.Free());
        Listen();
    }

    public int Port { get; }

    /// <summary>Of what is sent to the server; 0: no limit.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>What was sent to the server so far.</summary>
    public long Sent { get; private set; }

    /// <summary>A change ends the connections that there are.</summary>
    public Fault Fault
    {
        get => fault;
        set
        {
            fault = value;
            Cut();
            if (value != Fault.Refused)
            {
                Listen();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await Task.WhenAll(work);
    }

    private void Cut()
    {
        lock (gate)
        {
            listener?.Dispose();
            listener = null;
            open.ForEach(socket => socket.Dispose());
            open.Clear();
        }
    }

    private void Listen()
    {
        // A small buffer: what is held back here is felt by the sender at once.
        var mine = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 32 * 1024 };
        mine.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        mine.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        mine.Listen();
        lock (gate)
        {
            listener = mine;
        }

        work.Add(Task.Run(() => AcceptAsync(mine)));
    }

    private async Task AcceptAsync(Socket mine)
    {
        List<Task> served = [];
        try
        {
            while (true)
            {
                if (Kept(await mine.AcceptAsync(), mine) is { } client)
                {
                    served.Add(Task.Run(() => ServeAsync(client, mine)));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut off.
        }

        await Task.WhenAll(served);
    }

    private async Task ServeAsync(Socket client, Socket through)
    {
        if (fault == Fault.Stalled)
        {
            return; // it stays open until it is cut
        }

        try
        {
            await (fault == Fault.Error ? RefuseAsync(client) : CarryAsync(client, through));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone, and so the other.
        }

        client.Dispose();
    }

    private async Task CarryAsync(Socket client, Socket through)
    {
        if (Kept(new Socket(SocketType.Stream, ProtocolType.Tcp), through) is not { } server)
        {
            return;
        }

        await server.ConnectAsync(IPAddress.Loopback, behind);
        await Task.WhenAny(PumpAsync(client, server, slow: true), PumpAsync(server, client, slow: false));
        server.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to, bool slow)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
            {
                await to.SendAsync(buffer.AsMemory(0, read));
                Sent += slow ? read : 0;
                if (slow && BytesPerSecond > 0)
                {
                    await Task.Delay(TimeSpan.FromSeconds((double)read / BytesPerSecond));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut off.
        }
    }

    // What the client still sends is taken in: otherwise it would hear of a broken connection instead of the answer.
    private static async Task RefuseAsync(Socket client)
    {
        var buffer = new byte[64 * 1024];
        while (await client.ReceiveAsync(buffer) > 0)
        {
            await client.SendAsync(
                "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            client.Shutdown(SocketShutdown.Send);
            while (await client.ReceiveAsync(buffer) > 0)
            {
            }
        }
    }

    // What was let in just before a cut, and comes here after it, belongs to what was cut off.
    private Socket? Kept(Socket socket, Socket through)
    {
        lock (gate)
        {
            if (through != listener)
            {
                socket.Dispose();
                return null;
            }

            open.Add(socket);
            return socket;
        }
    }
}
