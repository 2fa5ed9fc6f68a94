using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Secrets;
using TimeLocker.Server;
using TimeLocker.Server.Api;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Secrets;
using TimeLocker.Tests.Doubles;

namespace TimeLocker.Tests.Server.Identity;

/// <summary>
/// The ways in, on a real port with a real state directory; behind them one page, one operation and the circuit's
/// addresses.
/// </summary>
public sealed partial class IdentityServer : IAsyncDisposable
{
    public const string Password = "correct horse battery", Admin = "grace";

    private readonly WebApplication app;

    private IdentityServer(WebApplication app, string data, FakeClock clock) => (this.app, Data, Clock) = (app, data, clock);

    public string Data { get; }
    public FakeClock Clock { get; }
    public Uri Address =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
            .Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
    public int Port => Address.Port;

    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <param name="data">A state directory of an earlier server; null: a new one.</param>
    public static async Task<IdentityServer> StartAsync(bool setUp = true, string? data = null,
        IReadOnlyList<string>? hosts = null, bool tls = false)
    {
        data ??= Directory.CreateTempSubdirectory("tl-identity-").FullName;
        var options = new ServerOptions { Data = data, Port = 0, AllowedHosts = hosts ?? [] };
        var clock = new FakeClock(TimeProvider.System.GetUtcNow());
        var databases = await DatabaseAsync(options);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = data });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0,
                listen => _ = tls ? listen.UseHttps(Certificate()) : listen));
        builder.Services.AddSingleton(options).AddSingleton(databases).AddSingleton<TimeProvider>(clock).AddSingleton<AuditLog>()
            .AddSingleton(new Installation("tl-test")).AddExtensions(BuiltInExtensions.Of(options, clock))
            .AddTimeLockerIdentity(options).AddLocalization().AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = 1000);
        var app = builder.Build();
        await app.Services.GetRequiredService<VaultKey>().OpenAsync(default);
        app.UseTimeLockerGuards();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.UseRateLimits();
        app.MapIdentity();
        app.MapGet("/healthz", () => "ok").AllowAnonymous();
        app.MapGet("/", () => "the overview");
        app.MapGet("/api/v1/who", (Actor who) => $"{who.Id} {who.Role} {who.Via}");
        app.MapPost("/api/v1/who", (Actor who) => who.Id);
        app.MapBlazorHub();
        await app.StartAsync();
        var server = new IdentityServer(app, data, clock);
        if (setUp && server.Get<SetupGate>().IsOpen)
        {
            await server.Get<SetupGate>().CreateFirstAdminAsync(Admin, new Secret(Password));
        }

        return server;
    }

    /// <summary>A browser with cookies of its own, that does not follow redirects.</summary>
    public Browser Open() => new(Address);

    /// <summary>Sends these very bytes and returns the status code of the answer (0: cut off without one).</summary>
    public async Task<int> RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.ReplaceLineEndings("\r\n") + "\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return StatusLine().Match(await reader.ReadLineAsync() ?? "") is { Success: true } line
            ? int.Parse(line.Groups[1].Value, null) : 0;
    }

    public async Task<string> AuditAsync()
    {
        await using var db = await Get<IDbContextFactory<TimeLockerDb>>().CreateDbContextAsync();
        return string.Join('\n', await db.AuditEntries.OrderBy(e => e.Seq).Select(e => e.Body).ToListAsync());
    }

    /// <summary>Stops it and leaves its state directory.</summary>
    public async Task StopAsync() => await app.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(Data, recursive: true);
    }

    private static async Task<IDbContextFactory<TimeLockerDb>> DatabaseAsync(ServerOptions options)
    {
        var builder = new DbContextOptionsBuilder<TimeLockerDb>().UseSqlite($"Data Source={options.DatabaseFile};Pooling=False");
        var databases = new Microsoft.EntityFrameworkCore.Infrastructure.PooledDbContextFactory<TimeLockerDb>(builder.Options);
        await using var db = await databases.CreateDbContextAsync();
        if (await db.Database.EnsureCreatedAsync())
        {
            db.Settings.Add(new() { Name = Installation.IdSetting, Value = "tl-test" });
            await db.SaveChangesAsync();
        }

        return databases;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var today = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(today.AddDays(-1),
            today.AddDays(1));
    }

    [GeneratedRegex(@"^HTTP/1\.1 (\d{3}) ")]
    private static partial Regex StatusLine();
}
