using System.Runtime.CompilerServices;
using System.Text.Json;
using TimeLocker.Core;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Agent.Restic;

internal sealed partial class ResticQueries
{
    public IAsyncEnumerable<Snapshot> SnapshotsAsync(ResticTarget target, CancellationToken ct) =>
        SnapshotsAsync(target, ResticArguments.Snapshots(target), ct);

    /// <summary>As restic says them; restic ends with whoever stops reading.</summary>
    private async IAsyncEnumerable<Snapshot> SnapshotsAsync(ResticTarget target, IReadOnlyList<string> arguments,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var files = restic.NewFiles(target);
        await using var child = ChildProcess.Start(await restic.CommandAsync(target, arguments, files.Path));
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var said = JsonSerializer.DeserializeAsyncEnumerable(child.Output,
            ResticJson.Default.ResticSnapshot, clock.Token).GetAsyncEnumerator(clock.Token);
        var (any, broken) = (false, false);
        while (await InTimeAsync(NextAsync))
        {
            if (said.Current is { Id.Length: 64 } snapshot)
            {
                any = true;
                yield return snapshot.ToSnapshot();
            }
        }

        var exit = await InTimeAsync(() => child.WaitAsync(clock.Token));
        if (exit != ResticExit.Ok)
        {
            throw ResticExit.Exception(new ChildResult(exit, [], child.Errors, false, false), new Redactor(target));
        }

        if (broken && any)
        {
            throw new ProblemException(ProblemKind.Upstream, Problems.ResticsAnswerNotUnderstoodTry);
        }

        async Task<bool> NextAsync()
        {
            try
            {
                return await said.MoveNextAsync();
            }
            catch (JsonException)
            {
                broken = true;
                // a failed call says nothing or text; its exit code tells, and it ends only when it was heard out
                await child.Output.CopyToAsync(Stream.Null, clock.Token);
                return false;
            }
        }

        // The time that the reader takes between two of them is not restic's.
        async Task<T> InTimeAsync<T>(Func<Task<T>> step)
        {
            clock.CancelAfter(ResticProcess.LongLimit);
            try
            {
                return await step();
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw ResticExit.Exception(new ChildResult(await child.StopAsync(), [], child.Errors, TimedOut: true,
                    Truncated: false), new Redactor(target));
            }
            finally
            {
                clock.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
    }
}
