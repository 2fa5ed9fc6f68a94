using System.Runtime.CompilerServices;
using TimeLocker.Agent.Checks;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Platform;
using TimeLocker.Agent.Probes;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Agent;

/// <summary>
/// This machine. Runs restic so that it outlives TimeLocker, and answers questions. Does nothing at all while nothing
/// runs.
/// </summary>
public sealed class LocalAgent : IAgent, IAsyncDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(2); // a dead share may hold an answer for ever

    private readonly string state;
    private readonly TimeProvider time;
    private readonly ResticBinary binary;
    private readonly ResticProcess restic;
    private readonly ResticDownloads downloads;
    private readonly Lock gate = new();
    private readonly Dictionary<Guid, (RunWork Work, Task Done)> live = [];
    private readonly List<Task> answers = [];
    private readonly CancellationTokenSource detach = new();
    private readonly DateTimeOffset begun;
    private bool detached;

    /// <param name="stateDirectory">The agent's own folder; it is made when it is missing.</param>
    /// <param name="patience">How long restic may try to reach a repository before a run is given up; null: ten minutes.</param>
    /// <exception cref="ProblemException">Others could change the folder; said at the start rather than by the first
    /// backup.</exception>
    public LocalAgent(string stateDirectory, TimeProvider time, ResticBinary restic, TimeSpan? patience = null)
    {
        state = Directory.CreateDirectory(Path.GetFullPath(stateDirectory), Private).FullName;
        Directory.CreateDirectory(Path.Combine(state, "runs"), Private);
        (this.time, begun, binary, this.restic) = (time, time.GetUtcNow(), restic,
            new ResticProcess(state, restic) { Patience = patience ?? TimeSpan.FromMinutes(10) });
        this.restic.MustBeSafe();
        downloads = new ResticDownloads(this.restic, new ResticTree(this.restic));
    }

    public HostPaths HostPaths { get; init; } = new();

    /// <summary>
    /// What this machine can do beside what is built in: the events that it sees, the places that it may be sent to.
    /// </summary>
    public ExtensionSet Extensions
    {
        get;
        init
        {
            field = value;
            foreach (var trigger in Triggers)
            {
                trigger.Begin(state);
            }
        }
    } = new(TimeProvider.System);

    private IReadOnlyList<IMachineTrigger> Triggers => Extensions.Of<IMachineTrigger>();

    private IEnumerable<string> Needs =>
        Extensions.Of<IRepositoryBackend>().Select(place => place.Needs).OfType<string>().Distinct();

    public Task<bool> KnowsAsync(Guid runId, CancellationToken ct) =>
        Task.FromResult(Live(runId) is not null || RunFolder.Of(state, runId).Exists);

    public IAsyncEnumerable<RunEvent> RunAsync(RunSpec spec, long afterSequence, CancellationToken ct)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(detached, this);
            if (!live.TryGetValue(spec.RunId, out var running))
            {
                var work = new RunWork(spec, RunFolder.Of(state, spec.RunId), restic, binary, HostPaths, time);
                running = live[spec.RunId] = (work, Task.Run(() => CarryAsync(spec.RunId, work), CancellationToken.None));
            }

            return running.Work.Broadcast.ListenAsync(afterSequence, ct);
        }
    }

    public Task StopAsync(Guid runId, CancellationToken ct)
    {
        if (Live(runId) is { } work)
        {
            work.Stop();
        }
        else if (RunFolder.Of(state, runId) is { Exists: true, IsOver: false } folder)
        {
            // Nobody has joined it since a restart: who does so finds it cancelled.
            folder.MarkCancelled();
            folder.Process?.SignalGroup(Core.Processes.ProcessIdentity.Terminate);
        }

        return Task.CompletedTask;
    }

    // On another thread: a dead network share blocks whoever looks at it, and the asker may give up.
    public async Task<TAnswer> AskAsync<TAnswer>(Question<TAnswer> question, CancellationToken ct)
    {
        var answer = Task.Run(() => AnswerAsync(question, ct), ct);
        Keep(answer);
        return (TAnswer)(await answer.WaitAsync(ct))!;
    }

    // A watch is not read ahead of whoever asked: a firing may hold something back.
    public IAsyncEnumerable<TPart> ReadAsync<TPart>(StreamQuestion<TPart> question, CancellationToken ct) =>
        question is WatchTrigger watch
        ? (IAsyncEnumerable<TPart>)WatchAsync(watch, ct)
        : StreamedAnswer.PassAsync(ending => (IAsyncEnumerable<TPart>)Find(question, ending), Keep, ct);

    public Task<Stream> OpenAsync(FileRequest request, CancellationToken ct) => downloads.OpenAsync(request, ct);

    public Task<Stream?> OpenLogAsync(Guid runId, CancellationToken ct) =>
        Task.FromResult(RunLog.Open(RunFolder.Of(state, runId).Path));

    /// <summary>
    /// Leaves what runs to itself; a later agent with the same state directory joins it. Answers that nobody awaits any
    /// more get a moment to end.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task[] open, asked;
        lock (gate)
        {
            if (detached)
            {
                return;
            }

            detached = true;
            detach.Cancel();
            open = [.. live.Values.Select(running => running.Done)];
            asked = [.. answers];
        }

        await Task.WhenAll(open);
        await Task.WhenAll(asked).WaitAsync(Parting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        detach.Dispose();
    }

    private async Task<object?> AnswerAsync(Question question, CancellationToken ct) => question switch
    {
        DescribeMachine => await DescribeAsync(),
        TestRepository test => await new RepositoryProbe(restic).TestAsync(test.Target, ct) with
        {
            SameDisk = test.Target.Folder is { } place ? DiskCheck.SameAs(place, test.Saved) : [],
        },
        CreateRepository create => await new RepositoryProbe(restic).CreateAsync(create.Target, create.From, ct),
        ListLocks locks => await new ResticQueries(restic).LocksAsync(locks.Target, ct),
        ListKeys keys => await new ResticKeys(restic).ListAsync(keys.Target, ct),
        AddKey add => await new ResticKeys(restic).AddAsync(add, ct),
        RemoveKey remove => await new ResticKeys(restic).RemoveAsync(remove, ct),
        ReadTree read => await new ResticTree(restic).ReadAsync(read.Target, read.SnapshotId, read.Path, read.TreeId, ct),
        ReadHostKeys read => await HostKeys.ReadAsync(read, ct),
        ListFolder folder => MachineFolders.List(folder),
        UnusableSources asked => SourcePlace.Unusable(asked.Sources),
        MeasureFolder measure => MachineFolders.Measure(measure, TimeSpan.FromSeconds(2), ct),
        ListTriggers => Triggers.Select(TriggerKind.Of).ToList(),
        ListHooks => new Hooks.HookDirectory(HostPaths.HookFolder).List(),
        CleanUp wanted => await new AgentCleanUp(state, begun, Alive, time).WorkAsync(wanted, ct),
        _ => throw Unknown(question),
    };

    private object Find(Question question, CancellationToken ct) => question switch
    {
        ListSnapshots list => new ResticQueries(restic).SnapshotsAsync(list.Target, ct),
        _ => throw Unknown(question),
    };

    private async IAsyncEnumerable<Firing> WatchAsync(WatchTrigger wanted, [EnumeratorCancellation] CancellationToken ct)
    {
        var trigger = Triggers.FirstOrDefault(t => t.Kind == wanted.Kind)
            ?? throw new ProblemException(ProblemKind.Unavailable, Problems.EventNotKnownAny(wanted.Kind));
        await foreach (var firing in trigger.WatchAsync(new FieldValues(wanted.Values), ct))
        {
            yield return firing;
        }
    }

    private static ProblemException Unknown(Question question) => ProblemException.Invalid(
        Problems.QuestionNotKnownHere(question.GetType().Name));

    private void Keep(Task answer)
    {
        lock (gate)
        {
            answers.RemoveAll(old => old.IsCompleted);
            answers.Add(answer);
        }
    }

    private async Task<MachineFacts> DescribeAsync()
    {
        var (host, system, home) = (Environment.MachineName,
            System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));
        try
        {
            var program = await binary.FindAsync();
            return new MachineFacts(host, system, home, program.Version.ToString(), program.Path, null)
            {
                Schemes = await binary.SchemesAsync(),
                Programs = Programs.Found(Needs),
                Zone = Zone,
            };
        }
        catch (ProblemException e)
        {
            return new MachineFacts(host, system, home, null, null, e.Problem) { Zone = Zone };
        }
    }

    private string? Zone => time.LocalTimeZone is { HasIanaId: true } zone ? zone.Id : null;

    private async Task CarryAsync(Guid runId, RunWork work)
    {
        try
        {
            await work.GoAsync(detach.Token);
        }
        finally
        {
            lock (gate)
            {
                live.Remove(runId);
            }

            work.Dispose();
        }
    }

    private Guid[] Alive
    {
        get
        {
            lock (gate)
            {
                return [.. live.Keys];
            }
        }
    }

    private RunWork? Live(Guid runId)
    {
        lock (gate)
        {
            return live.TryGetValue(runId, out var running) ? running.Work : null;
        }
    }
}
