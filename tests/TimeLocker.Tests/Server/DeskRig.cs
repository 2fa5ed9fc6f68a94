using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeLocker.Agent;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Secrets;
using TimeLocker.Server;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Tests.Servers;

[assembly: Xunit.CollectionBehavior(MaxParallelThreads = 3)] // two cores; much of a test is waiting

namespace TimeLocker.Tests.Server;

/// <summary>The whole server in this process, with a state directory and restic of its own. All is gone afterwards.</summary>
public sealed class DeskRig : IAsyncDisposable
{
    private WebApplication app = null!;

    private DeskRig()
    {
        Options = new ServerOptions { Data = In("state") };
        Extensions = () => BuiltInExtensions.Of(Options, TimeProvider.System);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("tl-desks-").FullName;
    public string Data => Options.Data;

    /// <summary>Of the next start; the port is its own each time.</summary>
    public ServerOptions Options { get; set; }
    public CountingAgent Agent { get; private set; } = null!;

    public static Actor Actor(Role role) => new($"u_{role}", role.ToString(), role, Via.Api);

    public static Actor Admin { get; } = Actor(Role.Admin);

    public static async Task<DeskRig> StartAsync()
    {
        var rig = new DeskRig();
        try
        {
            await rig.OpenAsync();
        }
        catch
        {
            Directory.Delete(rig.Root, recursive: true);
            throw;
        }

        await rig.Get<SetupGate>().CreateFirstAdminAsync("grace", new Secret("correct horse battery"));
        return rig;
    }

    /// <summary>What the next start has.</summary>
    public Func<ExtensionSet> Extensions { get; set; }

    public string In(params string[] parts) => Path.Combine([Root, .. parts]);

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public IServiceProvider Services => app.Services;

    public Task<TimeLockerDb> DatabaseAsync() => Get<IDbContextFactory<TimeLockerDb>>().CreateDbContextAsync();

    /// <summary>A client with a token of this role; null: with nothing.</summary>
    public async Task<HttpClient> ClientAsync(Role? role)
    {
        var address = Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(address) };
        if (role is { } needed)
        {
            var token = await Get<TokenCatalog>().CreateAsync(new() { Name = $"{needed}", Role = needed }, Get<OwnerToken>().Actor);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        }

        return client;
    }

    public Task<Repository> RepositoryAsync(string name = "place") =>
        Get<NewRepositories>().AddAsync(new() { Name = name, Values = new() { ["path"] = In(name) }, Create = true }, Admin);

    public Task<BackupPlan> PlanAsync(Repository repository, string name = "plan", params string[] sources) =>
        Get<PlanCatalog>().CreateAsync(new() { Name = name, RepositoryId = repository.Id, Sources = sources }, Admin);

    public async Task<Run> BackupAsync(BackupPlan plan, BackupMode mode = BackupMode.Incremental)
    {
        var feed = Get<RunFeed>();
        using var watch = feed.Watch();
        var run = await Get<BackupRuns>().StartAsync(plan.Id, new() { Mode = mode }, Admin);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var changed in watch.ReadAsync(limit.Token))
        {
            if (changed.Id == run.Id && changed.HasEnded)
            {
                return changed;
            }
        }

        throw new UnreachableException();
    }

    /// <summary>The run once it has ended and is written down.</summary>
    public async Task<Run> EndAsync(Run run)
    {
        await UntilAsync(() => Task.FromResult(Get<RunFeed>().Current(run.Id) is null));
        return await Get<RunHistory>().GetAsync(run.Id, Admin);
    }

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(25, limit.Token);
        }
    }

    public string Write(string path, string content = "content")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), content);
        return In(path);
    }

    /// <summary>As after a stop and a start.</summary>
    /// <param name="prepare">What its machine is told before the first run begins.</param>
    /// <param name="meanwhile">What happens while it is stopped.</param>
    /// <param name="opened">False: what it does once it listens, such as to go on with unfinished runs, is not waited for.</param>
    public async Task RestartAsync(Action<CountingAgent>? prepare = null, bool opened = true, Action? meanwhile = null)
    {
        await CloseAsync();
        meanwhile?.Invoke();
        await OpenAsync(prepare, opened);
    }

    public async ValueTask DisposeAsync()
    {
        await StopRunsAsync();
        await CloseAsync();
        await UntilAsync(() => Task.FromResult(TryDelete()));
    }

    // A look that nobody waits for any more may still write in it.
    private bool TryDelete()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return !Directory.Exists(Root);
        }
    }

    // A run goes on without its server; it must not outlive its test.
    private async Task StopRunsAsync()
    {
        var feed = Get<RunFeed>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var run in feed.Active)
        {
            // it may end in this moment
            await TimeLocker.Server.Kit.Attempt.Bare.ProblemOf(() => Get<RunDesk>().CancelAsync(run.Id,
                Actor(Role.Admin)));
        }

        while (feed.Active.Count > 0)
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private async Task OpenAsync(Action<CountingAgent>? prepare = null, bool opened = true)
    {
        app = await ServerHost.BuildAsync(Options with { Port = Ports.Free() }, Extensions(), services =>
        {
            Agent = new CountingAgent(new LocalAgent(Data, services.GetRequiredService<TimeProvider>(), new ResticBinary())
            {
                Extensions = services.GetRequiredService<ExtensionSet>(),
            });
            prepare?.Invoke(Agent);
            return Agent;
        }, default);
        await app.StartAsync();
        await (opened
            ? Services.GetServices<IHostedService>().OfType<BackgroundService>()
                .Single(service => service.GetType().Name == "Opening").ExecuteTask! : Task.CompletedTask);
    }

    private async Task CloseAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
