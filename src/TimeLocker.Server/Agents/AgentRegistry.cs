using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Agents;

/// <summary>The machines of the fleet and how to reach each.</summary>
public sealed partial class AgentRegistry(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, TimeProvider clock)
{
    private const string LocalSetting = "machine.local";

    private readonly ConcurrentDictionary<Guid, IAgent> connected = new();
    private TaskCompletionSource arrival = Arrival();

    /// <summary>The machine that this server runs on.</summary>
    public Guid LocalId { get; private set; }

    /// <summary>From now on this agent answers for the machine.</summary>
    public void Connect(Guid machine, IAgent agent)
    {
        connected[machine] = agent;
        Interlocked.Exchange(ref arrival, Arrival()).SetResult();
    }

    /// <summary>The machine is away: what is to happen on it waits for its return.</summary>
    public void Disconnect(Guid machine) => connected.TryRemove(machine, out _);

    /// <summary>The machines that can be asked now, this one first.</summary>
    public IReadOnlyList<Guid> ConnectedIds => [.. connected.Keys.OrderBy(id => id != LocalId).ThenBy(id => id)];

    /// <summary>Every agent that can be asked now, once.</summary>
    public IReadOnlyList<IAgent> Connected => [.. connected.Values.Distinct()];

    public bool IsAway(Guid machine) => !connected.ContainsKey(machine);

    /// <summary>The machine's agent; null: it is away.</summary>
    public IAgent? Find(Guid machine) => connected.GetValueOrDefault(machine);

    /// <summary>For a machine that is known to be one of the fleet.</summary>
    /// <exception cref="ProblemException">of kind Unavailable: it is away.</exception>
    public IAgent Reach(Guid machine) => Find(machine)
        ?? throw new ProblemException(ProblemKind.Unavailable, Problems.MachineNotConnectedSwitched);

    /// <summary>For a machine that somebody names, who may have mistyped it.</summary>
    /// <exception cref="ProblemException">of kind NotFound or Unavailable.</exception>
    public async Task<IAgent> ReachAsync(Guid machine, CancellationToken ct)
    {
        await GetAsync(machine, ct);
        return Reach(machine);
    }

    /// <summary>Waits until the machine is there.</summary>
    public async Task UntilConnectedAsync(Guid machine, CancellationToken ct)
    {
        for (; ; )
        {
            var next = Volatile.Read(ref arrival).Task; // before the look: nobody arrives in between unseen
            if (!IsAway(machine))
            {
                return;
            }

            await next.WaitAsync(ct);
        }
    }

    /// <summary>Those of these runs that have begun, as far as their machines can be asked.</summary>
    public async Task<IReadOnlySet<Guid>> BegunAsync(IReadOnlyList<Run> runs, CancellationToken ct)
    {
        var begun = runs.Where(run => run.State != RunState.Queued).Select(run => run.Id).ToHashSet();
        foreach (var run in runs.Where(run => !begun.Contains(run.Id)))
        {
            if (Find(run.MachineId) is { } agent && await agent.KnowsAsync(run.Id, ct))
            {
                begun.Add(run.Id);
            }
        }

        return begun;
    }

    public async Task<IReadOnlyList<Machine>> ListAsync(CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Machines.AsNoTracking().OrderBy(m => m.Name).ToListAsync(ct);
    }

    /// <summary>The first few whose name has this in it.</summary>
    public async Task<IReadOnlyList<Machine>> FindAsync(string part, int limit, CancellationToken ct = default)
    {
        var pattern = NamePattern.Of(part);
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Machines.AsNoTracking().Where(m => EF.Functions.Like(m.Name, pattern, NamePattern.Escape))
            .OrderBy(m => m.Name).Take(limit).ToListAsync(ct);
    }

    public async Task<Machine> GetAsync(Guid id, CancellationToken ct = default)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Machines.AsNoTracking().SingleOrDefaultAsync(m => m.Id == id, ct)
            ?? throw ProblemException.NotFound(Texts.Machine, Texts.SeeListMachines);
    }

    /// <summary>
    /// Makes the row of this machine at the first start, and connects the agent in this process. Asks nothing of restic
    /// yet.
    /// </summary>
    public async Task ConnectLocalAsync(IAgent agent, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        LocalId = await db.NeededSettingAsync(LocalSetting, stored => (Guid?)Guid.Parse(stored), ct) ?? await AddLocalAsync(ct);
        await LearnZonesAsync(db, ct);
        Connect(LocalId, agent);
    }

    private Task<Guid> AddLocalAsync(CancellationToken ct) => audit.ChangeAsync(Actor.System, "machine.added", async (db, note) =>
    {
        var host = System.Net.Dns.GetHostName();
        var machine = new Machine { Id = Guid.CreateVersion7(clock.GetUtcNow()), Name = host, Host = host };
        db.Machines.Add(machine);
        await db.SetAsync(LocalSetting, machine.Id.ToString(), ct);
        note.About("machine", machine.Id);
        return machine.Id;
    }, ct);

    public Task<MachineFacts> CheckAsync(Actor who, CancellationToken ct)
    {
        who.MustBe(Role.Operator);
        return DescribeLocalAsync(ct);
    }

    public Task<MachineFacts> DescribeLocalAsync(CancellationToken ct) => DescribeAsync(LocalId, ct);

    /// <summary>Asks a machine what it is and has, and remembers the answer.</summary>
    public async Task<MachineFacts> DescribeAsync(Guid id, CancellationToken ct)
    {
        var facts = await Reach(id).AskAsync(new DescribeMachine(), ct);
        await audit.TouchAsync(async db =>
        {
            var machine = await db.Machines.SingleAsync(m => m.Id == id, ct);
            (machine.System, machine.Home, machine.ResticVersion, machine.Trouble, machine.SeenAt) = (facts.System,
                facts.Home, facts.ResticVersion, facts.Trouble, clock.GetUtcNow());
            (machine.Schemes, machine.Programs, machine.Zone) = ([.. facts.Schemes], [.. facts.Programs], facts.Zone);
        }, ct);
        Learn(id, facts.Zone);
        return facts;
    }

    /// <summary>A folder of a machine, for choosing what to save. Names are data of its owner: Operators only.</summary>
    public async Task<MachineFolder> FolderAsync(Guid machine, string path, Actor who, CancellationToken ct)
    {
        who.MustBe(Role.Operator);
        return await (await ReachAsync(machine, ct)).AskAsync(new ListFolder(path), ct);
    }

    /// <summary>The files that a plan of this machine may call around a backup.</summary>
    public async Task<HookFolder> HooksAsync(Guid machine, Actor who, CancellationToken ct)
    {
        who.MustBe(Role.Operator);
        return await (await ReachAsync(machine, ct)).AskAsync(new ListHooks(), ct);
    }

    public async Task<FolderSize> MeasureAsync(Guid machine, string path, Actor who, CancellationToken ct)
    {
        who.MustBe(Role.Operator);
        return await (await ReachAsync(machine, ct)).AskAsync(new MeasureFolder(path), ct);
    }

    private static TaskCompletionSource Arrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
