using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Server;
using TimeLocker.Server.Data;
using TimeLocker.Server.Demo;
using TimeLocker.Server.Identity;
using TimeLocker.Tests.Doubles;
using TimeLocker.Tests.Servers;

namespace TimeLocker.Tests.Server;

/// <summary>
/// The whole server in this process with the made-up fleet: everything there is has an id, and no restic is slow.
/// </summary>
public sealed class DemoRig : IAsyncDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("tl-demo-").FullName;
    private readonly FaultLog log = new();
    private WebApplication app = null!;

    public IServiceProvider Services => app.Services;

    /// <summary>Faults in the server's log: what nobody foresaw.</summary>
    public IReadOnlyCollection<string> Faults => log.Faults;

    public Uri Address => new(Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<DemoRig> StartAsync()
    {
        var rig = new DemoRig();
        var options = new ServerOptions { Data = rig.data, Port = Ports.Free(), Demo = true };
        rig.app = await ServerHost.BuildAsync(options, BuiltInExtensions.Of(options, TimeProvider.System),
            services => ActivatorUtilities.CreateInstance<DemoAgent>(services), default);
        rig.Services.GetRequiredService<ILoggerFactory>().AddProvider(rig.log);
        await DemoData.FillAsync(rig.Services, Actor.System, default);
        await rig.app.StartAsync();
        return rig;
    }

    public T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    public Task<TimeLockerDb> DatabaseAsync() => Get<IDbContextFactory<TimeLockerDb>>().CreateDbContextAsync();

    /// <summary>A client with a new Admin token, and the token's id.</summary>
    public async Task<(HttpClient Client, string Id)> ClientAsync()
    {
        var token = await Get<TokenCatalog>().CreateAsync(new() { Name = $"t{Guid.NewGuid():N}", Role = Role.Admin },
            Get<OwnerToken>().Actor);
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = Address,
            Timeout = TimeSpan.FromSeconds(30),
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        return (client, token.Row.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }
}
