using System.Diagnostics;

namespace TimeLocker.Core.Processes;

/// <summary>A running program whose standard output is read here.</summary>
public sealed class StreamingChild : IAsyncDisposable
{
    private readonly Process process;
    private readonly ProcessIdentity? identity;
    private readonly TimeSpan patience;
    private readonly BoundedText errors = new(32 * 1024);
    private readonly Task input, drain;
    private bool disposed;

    internal StreamingChild(Process process, ReadOnlyMemory<byte> given, TimeSpan patience)
    {
        (this.process, this.patience) = (process, patience);
        identity = ProcessIdentity.Of(process.Id);
        Output = process.StandardOutput.BaseStream;
        input = ChildProcess.GiveAsync(process, given, CancellationToken.None);
        drain = DrainAsync(process.StandardError.BaseStream);
    }

    public Stream Output { get; }

    /// <summary>Standard error so far, its middle left out when it is long.</summary>
    public string Errors => errors.ToString();

    /// <summary>Waits for the end, once the output was read.</summary>
    /// <returns>The exit code; 128 + n after a signal n.</returns>
    public async Task<int> WaitAsync(CancellationToken ct)
    {
        await process.WaitForExitAsync(ct);
        await drain.WaitAsync(ct);
        return process.ExitCode;
    }

    /// <summary>SIGTERM, a moment of patience, SIGKILL; all to the whole group.</summary>
    public async Task<int> StopAsync()
    {
        identity?.SignalGroup(ProcessIdentity.Terminate);
        using var clock = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(clock.Token);
        }
        catch (OperationCanceledException)
        {
            identity?.SignalGroup(ProcessIdentity.Kill);
            await process.WaitForExitAsync();
        }

        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!disposed)
        {
            disposed = true;
            if (!process.HasExited)
            {
                await StopAsync();
            }

            await input;
            process.Dispose();
        }
    }

    private async Task DrainAsync(Stream stream)
    {
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer)) > 0;)
            {
                errors.Add(buffer.AsSpan(0, read));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The stream was closed under us: the child was stopped.
        }
    }
}
