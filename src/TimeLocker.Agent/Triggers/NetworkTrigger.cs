using System.Net.Sockets;
using System.Runtime.CompilerServices;
using TimeLocker.Core;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Agent.Triggers;

/// <summary>A server answers that did not answer before: back in the office, the VPN is up, the NAS is on.</summary>
public sealed class NetworkTrigger(TimeProvider clock) : IMachineTrigger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public string Kind => "network";
    public Text Title => Texts.NetworkTitle;
    public Text Help => Texts.NetworkHelp;
    public IReadOnlyList<Field> Fields { get; } =
    [
        new("host", Texts.Host) { Required = true, Example = "nas.local", Pattern = "[A-Za-z0-9]([A-Za-z0-9.:_-]{0,252})" },
        new("port", Texts.Port, FieldType.Number) { Required = true, Default = "22", Example = "22", Least = 1, Most = 65535 },
    ];

    internal TimeSpan Every { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>It has looked once more.</summary>
    internal Action Looked { get; init; } = () => { };

    public async IAsyncEnumerable<Firing> WatchAsync(FieldValues values, [EnumeratorCancellation] CancellationToken ct)
    {
        var (host, port) = (values["host"], (int)FilesTrigger.Number(values, "port", 22));
        for (var answers = await AnswersAsync(host, port, ct); ;)
        {
            Looked();
            await Task.Delay(Every, clock, ct);
            var answered = answers;
            answers = await AnswersAsync(host, port, ct);
            if (answers && !answered)
            {
                yield return new(clock.GetUtcNow(), Texts.BecameReachable(host));
            }
        }
    }

    private async Task<bool> AnswersAsync(string host, int port, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(host, port, either.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }
}
