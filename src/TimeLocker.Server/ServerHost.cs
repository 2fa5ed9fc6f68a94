using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.StaticWebAssets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Api;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;
using TimeLocker.Server.Feeds;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Plugins;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Secrets;
using TimeLocker.Server.Shell;

namespace TimeLocker.Server;

/// <summary>Puts the server together: state first, then services, then the pipeline. Nothing here asks restic anything.</summary>
public static class ServerHost
{
    /// <summary>A server that is ready to start. Its state directory is open and locked; disposing it gives both back.</summary>
    public static async Task<WebApplication> BuildAsync(
        ServerOptions options, ExtensionSet extensions, Func<IServiceProvider, IAgent> localAgent, CancellationToken ct)
    {
        Directory.CreateDirectory(options.Data);
        var serverLock = ServerLock.Take(options.Data);

        // The database is opened while the rest is put together: each takes half of a start.
        var opening =
            Task.Run(() => StateDirectory.OpenAsync(DataSetup.Factory(options.DatabaseFile), options, create: true,
                TimeProvider.System, ct), CancellationToken.None);
        try
        {
            var plugins = await LoadedPlugins.LoadAsync(options, extensions, opening, ct);
            Installation? installation = null;
            var builder = Builder(options);
            builder.Services
                .AddSingleton(_ => serverLock)
                .AddSingleton(options)
                .AddSingleton(_ => installation ?? throw new InvalidOperationException("The state is not open yet."))
                .AddSingleton(TimeProvider.System)
                .AddSingleton(localAgent) // the container ends it, after the runs that listen to it
                .AddExtensions(extensions)
                .AddSingleton(plugins)
                .AddTimeLockerData(options.DatabaseFile)
                .AddTimeLockerIdentity(options)
                .AddDesks(options)
                .AddShell()
                .AddSingleton(BuiltIns.Operations())
                // open event streams do not hold a stop up
                .Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3))
                .AddHostedService<Opening>()
                .AddAuthorization(ApiAccess.Add)
                .ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions))
                .AddOpenApi(ApiDocument.Name, ApiDocument.Describe);
            var app = builder.Build();
            app.Services.GetRequiredService<ServerLock>();
            app.Services.GetRequiredService<DatabaseWatch>(); // before anything is read
            Addresses(app);
            installation = await opening;
            await app.Services.GetRequiredService<VaultKey>().OpenAsync(ct);
            await app.Services.GetRequiredService<PublicAddress>().LoadAsync(ct);
            await app.Services.GetRequiredService<AgentRegistry>().ConnectLocalAsync(app.Services.GetRequiredService<IAgent>(), ct);
            await app.Services.GetRequiredService<RunQueue>().LoadAsync(ct);
            Pipeline(app);
            return app;
        }
        catch
        {
            await Task.WhenAny(opening);
            serverLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Of a server that has ended: the fault that ended it. Null: somebody wanted it so. Whoever watches over the
    /// program has to see which it was.
    /// </summary>
    public static ProblemException? WhyStopped(IServiceProvider services)
    {
        var fault = services.GetServices<IHostedService>().OfType<BackgroundService>()
            .Select(service => service.ExecuteTask?.Exception?.InnerException)
            .FirstOrDefault(fault => fault is not null);
        return fault is null ? null
            : DatabaseDamage.Explain(fault, services.GetRequiredService<ServerOptions>().DatabaseFile) is { } damage
                ? new(ProblemKind.Failed, damage.Problem, fault)
            : new(ProblemKind.Failed,
                Problems.ServerEndedFaultLog(fault.GetType().Name),
                fault);
    }

    private static WebApplicationBuilder Builder(ServerOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "timelocker",
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Production,
        });
        if (!Directory.Exists(builder.Environment.WebRootPath))
        {
            // not published: run from the build folder
            StaticWebAssetsLoader.UseStaticWebAssets(builder.Environment, builder.Configuration);
        }

        // Problems are answers, not faults: the API's own handler writes what deserves the log.
        builder.Logging.SetMinimumLevel(LogLevel.Warning)
            .AddFilter("TimeLocker", LogLevel.Information)
            .AddFilter("TimeLocker.Server.Identity", LogLevel.Warning)
            // a start that fails is said by the command; a fault that stops the server stays
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
            .AddFilter("Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", LogLevel.None);
        RedactingLoggers.AddTo(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.ListenLocalhost(options.Port); // the loopback only: more needs TLS and second factors
        });
        return builder;
    }

    // The order is that of stack.md › pipeline: errors outermost, explicit routing, then who you are, then what you may.
    private static void Pipeline(WebApplication app)
    {
        app.UseLanguages(); // before all that says something
        app.UseWhen(IsApi, api => api.UseProblems().UseStatusCodePages(Rest.ExplainStatusAsync).UseEmptyBodies().UseGivenQuery());
        app.UseWhen(context => !IsApi(context), pages => pages
            .UseExceptionHandler("/error")
            .UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
        app.UseTimeLockerGuards();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRoles();
        app.UseOpenStreams();
        app.UseAntiforgery();
        app.UseRateLimits();
        app.MapApiDocument();
        app.MapShell();
    }

    /// <summary>What needs nothing of the state, but time.</summary>
    private static void Addresses(WebApplication app)
    {
        app.MapHealth();
        app.MapStaticAssets("timelocker.staticwebassets.endpoints.json").AllowAnonymous();
        app.MapIdentity();
        app.MapFeeds();
        app.MapRest(app.Services.GetRequiredService<OperationMap>());
        app.MapJsonRpc(app.Services.GetRequiredService<OperationMap>());
        foreach (var source in ((IEndpointRouteBuilder)app).DataSources)
        {
            _ = source.Endpoints; // made now, not by the first request
        }
    }

    private static bool IsApi(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/rpc")
            || FeedRoutes.Has(context.Request);

    /// <summary>What happens once the server listens: the local command line is told where, and unfinished runs go on.</summary>
    private sealed class Opening(ServerOptions options, OwnerToken owner, AgentRegistry agents, RunDriver runs,
        PasswordChange passwords, PluginDesk plugins, BackgroundHost background, IHostApplicationLifetime life,
        ILogger<Opening> log) : BackgroundService
    {
        private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(5);

        private string Note => Path.Combine(options.Data, "server.json");

        [SuppressMessage("Design", "CA1031", Justification = "A machine that says nothing of itself keeps no server from starting.")]
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            if (!await life.ApplicationStarted.WhenCancelled(stoppingToken))
            {
                return; // the server did not come to listen: that is no fault of this
            }

            var telling = TellAsync(stoppingToken);
            await runs.ResumeAsync(stoppingToken);
            background.Begin(); // after it: what was queued before the stop is not begun twice
            try
            {
                await agents.DescribeLocalAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(fault, "this machine did not say what it is");
            }

            await passwords.ResumeAsync(stoppingToken);
            await plugins.TellAsync(stoppingToken);
            await telling;
        }

        // On a full disk everything but the command line is there; it comes when there is room.
        private async Task TellAsync(CancellationToken ct)
        {
            while (true)
            {
                try
                {
                    await Core.PrivateFile.WriteAsync(Note,
                        JsonSerializer.SerializeToUtf8Bytes(new { address = options.Address, token = owner.Value }),
                        ct);
                    return;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    log.LogError("The command line is not told where this server is; that is tried again: {Reason}", e.Message);
                    await Task.Delay(AgainAfter, ct);
                }
            }
        }

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            File.Delete(Note);
            await base.StopAsync(cancellationToken);
            await runs.CloseAsync(); // while all that a run's end needs is still there
        }
    }

    private static async Task<bool> WhenCancelled(this CancellationToken token, CancellationToken ct)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var first = token.Register(() => done.TrySetResult());
        using var other = ct.Register(() => done.TrySetResult());
        await done.Task;
        return token.IsCancellationRequested;
    }
}
