using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Runs;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Processes;

namespace TimeLocker.Agent.Hooks;

/// <summary>
/// One hook at work. It outlives TimeLocker as restic does, in a folder of its own with what it says and its exit code;
/// whoever comes later follows it there.
/// </summary>
internal sealed class HookProcess(RunFolder at, Hook hook, DateTimeOffset since, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50), UntilKill = TimeSpan.FromSeconds(10);

    public static async Task<Task> StartAsync(RunFolder at, string program, IReadOnlyDictionary<string, string> environment)
    {
        at.Create();
        var child = await ChildProcess.StartDetachedAsync(new ChildCommand(program, []) { Environment = environment },
            at.Path, CancellationToken.None);
        return child.Exited;
    }

    /// <param name="exited">Ends with our own child; null for one that was started before a restart.</param>
    /// <param name="stop">It is ended, as after its time limit: SIGTERM, then SIGKILL.</param>
    /// <param name="detach">TimeLocker ends: it is left to itself.</param>
    public async Task<HookEnd> FollowAsync(Task? exited, HookOutput output, CancellationToken stop, CancellationToken detach)
    {
        DateTimeOffset? ending = null;
        var (timedOut, killed) = (false, false);
        while (true)
        {
            // Asked before the files are read: so what is read after the end is all there is.
            var over = exited?.IsCompleted ?? (at.ExitCode is not null || at.Process is not { IsAlive: true });
            var more = output.Read();
            if (over && !more)
            {
                return new HookEnd(at.ExitCode, timedOut, output.End());
            }

            var now = time.GetUtcNow();
            if (ending is null && at.Process is { } process
                && (stop.IsCancellationRequested || now - since > TimeSpan.FromSeconds(hook.LimitSeconds)))
            {
                (ending, timedOut) = (now, !stop.IsCancellationRequested);
                process.SignalGroup(ProcessIdentity.Terminate);
            }
            else if (ending is { } told && !killed && now - told > UntilKill)
            {
                killed = true;
                at.Process?.SignalGroup(ProcessIdentity.Kill);
            }

            await (more ? Task.CompletedTask : exited is null ? Task.Delay(Poll, detach)
                : Task.WhenAny(exited, Task.Delay(Poll, detach)));
            detach.ThrowIfCancellationRequested();
        }
    }
}
