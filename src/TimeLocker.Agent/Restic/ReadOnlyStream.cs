using System.IO.Pipelines;
using TimeLocker.Core.Processes;

namespace TimeLocker.Agent.Restic;

/// <summary>A stream that can only be read, once.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>restic's standard output. At its end restic's exit code is looked at; disposing stops restic.</summary>
internal sealed class ResticStream(StreamingChild child, CredentialFiles files, Redactor redactor) : ReadOnlyStream
{
    private bool ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = ended || buffer.IsEmpty ? 0 : await child.Output.ReadAsync(buffer, cancellationToken);
        if (read == 0 && !ended && !buffer.IsEmpty)
        {
            var exit = await child.WaitAsync(cancellationToken);
            ended = exit == ResticExit.Ok ? true
                : throw ResticExit.Exception(new ChildResult(exit, [], child.Errors, false, false), redactor);
        }

        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await child.DisposeAsync();
        files.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            child.DisposeAsync().AsTask().GetAwaiter().GetResult();
            files.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>What several calls of restic make together. Disposing stops the one that runs.</summary>
internal sealed class JoinedStream(PipeReader reader, CancellationTokenSource stop, Task writing) : ReadOnlyStream
{
    private readonly Stream inner = reader.AsStream(leaveOpen: true);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    private bool closed;

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CloseAsync().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private async Task CloseAsync()
    {
        if (!closed)
        {
            closed = true;
            await stop.CancelAsync();
            await reader.CompleteAsync();
            await writing;
            stop.Dispose();
        }
    }
}
