using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Core.Secrets;
using TimeLocker.Server;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Secrets;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Server;

/// <summary>
/// All desks over a real database, on a clock that the test moves, with a machine that is made up. No page, no port,
/// nothing in the background.
/// </summary>
public sealed class ClockRig : IAsyncDisposable
{
    private static readonly TimeSpan UpTo = TimeSpan.FromDays(30);

    private readonly string root = Directory.CreateTempSubdirectory("tl-clock-").FullName;
    private ServiceProvider services = null!;

    private ClockRig(DateTimeOffset start, string zone)
    {
        Clock = new(start, timers: true) { Zone = TimeZoneInfo.FindSystemTimeZoneById(zone) };
        Agent = new(Clock);
        Booted = start - UpTo;
    }

    public FakeClock Clock { get; }
    public FakeAgent Agent { get; }

    /// <summary>What the kernel would call the moment of its boot.</summary>
    public DateTimeOffset Booted { get; set; }
    public string Boot { get; set; } = "boot-1";

    public static async Task<ClockRig> StartAsync(DateTimeOffset start, string zone = "Europe/Berlin")
    {
        var rig = new ClockRig(start, zone);
        await rig.OpenAsync();
        return rig;
    }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public Task<TimeLockerDb> DatabaseAsync() => Get<IDbContextFactory<TimeLockerDb>>().CreateDbContextAsync();

    public async Task<IReadOnlyList<Run>> RunsAsync(Guid? plan = null)
    {
        await using var db = await DatabaseAsync();
        return await db.Runs.AsNoTracking().Where(r => plan == null || r.PlanId == plan).OldestFirst().ToListAsync();
    }

    /// <param name="machines">That reach it beside this one.</param>
    public async Task<Repository> RepositoryAsync(string name, bool appendOnly = false, Guid? copyOf = null, params Guid[] machines)
    {
        var id = Guid.CreateVersion7(Clock.GetUtcNow());
        var repository = new Repository
        {
            Id = id,
            Name = name,
            Backend = "local",
            Values = new() { ["path"] = Path.Combine(root, name) },
            Machines =
            [
                .. machines.Prepend(Get<AgentRegistry>().LocalId)
                    .Select((m, n) => new RepositoryReach
                    {
                        RepositoryId = id,
                        MachineId = m,
                        IsHome = n == 0,
                        Since = Clock.GetUtcNow(),
                    }),
            ],
            CreatedAt = Clock.GetUtcNow(),
            ResticId = new string('a', 64),
            AppendOnly = appendOnly,
            CopyOfId = copyOf,
        };
        await Get<AuditLog>().ChangeAsync(Actor.System, "repository.made-up", async (db, note) =>
        {
            db.Repositories.Add(repository);
            await Get<SecretVault>().SaveAsync(db, RepositoryAccess.OwnerOf(repository.Id),
                RepositoryAccess.PasswordField, new Secret("made up"));
            note.About("repository", repository.Id);
        });
        return repository;
    }

    public Task<BackupPlan> PlanAsync(Repository repository, string name, PlanWindows? windows, params Schedule[] schedules) =>
        Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = name,
                RepositoryId = repository.Id,
                Sources = ["/made/up"],
                Schedules = schedules,
                Options = new() { Windows = windows ?? PlanWindows.Always },
            }, DeskRig.Admin);

    /// <summary>As the scheduler does it.</summary>
    public async Task LookAsync()
    {
        await Get<ClockWatch>().NoteAsync(default);
        await Record.ExceptionAsync(() => Get<DuePlans>().LookAsync(default)); // what cannot be decided is told, and stays due
        await Record.ExceptionAsync(() => Get<DueMaintenance>().LookAsync(default));
        await SettleAsync();
    }

    /// <summary>Time passes while the server is awake: the look comes each minute, as at the latest it does.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var end = Clock.GetUtcNow() + time; Clock.GetUtcNow() < end;)
        {
            Clock.Advance(TimeSpan.FromMinutes(1));
            await SettleAsync();
            if (Get<DuePlans>().Next <= Clock.GetUtcNow() || Get<DueMaintenance>().Next <= Clock.GetUtcNow())
            {
                await LookAsync();
            }
        }
    }

    /// <summary>The computer sleeps, and what runs on it, too.</summary>
    public async Task SleepAsync(TimeSpan time)
    {
        Clock.Jump(time);
        await LookAsync();
    }

    /// <summary>Nobody is there for so long; what runs goes on.</summary>
    public async Task DownAsync(TimeSpan time)
    {
        await CloseAsync();
        Clock.Advance(time);
        await OpenAsync();
        await LookAsync();
    }

    /// <summary>Until all that has to happen now has happened: each run waits for its time or its turn, or is at work.</summary>
    public Task SettleAsync() => DeskRig.UntilAsync(() =>
    {
        var (now, queue) = (Clock.GetUtcNow(), Get<RunQueue>().State(DeskRig.Admin));
        var waiting =
            queue.Waiting.Where(w => queue.Paused is not null
                || w.Reason.Full.StartsWith("Waits", StringComparison.Ordinal)).Select(w => w.RunId).ToHashSet();
        return Task.FromResult(Get<RunFeed>().Active.All(r => r.NotBefore > now || waiting.Contains(r.Id)
            || (r.State == RunState.Running && Agent.Works(r.Id))));
    });

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(root, recursive: true);
    }

    public async Task OpenAsync(bool connected = true)
    {
        var options = new ServerOptions { Data = Path.Combine(root, "state") };
        var installation = await StateDirectory.OpenAsync(DataSetup.Factory(options.DatabaseFile), options,
            create: true, Clock, default);
        services = new ServiceCollection().AddLogging().AddSingleton(options).AddSingleton(installation)
            .AddSingleton<TimeProvider>(Clock)
            .AddExtensions(BuiltInExtensions.Of(options, Clock)).AddTimeLockerData(options.DatabaseFile)
            .AddTimeLockerIdentity(options).AddDesks(options).BuildServiceProvider();
        await Get<VaultKey>().OpenAsync(default);
        await Get<AgentRegistry>().ConnectLocalAsync(Agent, default);
        if (!connected)
        {
            Get<AgentRegistry>().Disconnect(Get<AgentRegistry>().LocalId);
        }

        await Get<RunQueue>().LoadAsync(default);
        Get<ClockWatch>().Kernel = () => (Boot, Clock.GetUtcNow() - Booted);
        await Get<RunDriver>().ResumeAsync(default);
    }

    /// <summary>As a kill does it, but for what is in the middle of a write.</summary>
    public ValueTask CloseAsync() => services.DisposeAsync();
}
