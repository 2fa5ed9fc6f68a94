using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TimeLocker.Agent;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Secrets;
using TimeLocker.Server;
using TimeLocker.Server.Demo;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Plugins;

namespace TimeLocker.Commands;

internal static class ServeCommand
{
    public const string Name = "serve";

    /// <summary>
    /// A stop waits for what must not be cut off, such as a migration. Service managers kill after 90 s, containers
    /// after 10.
    /// </summary>
    public static readonly TimeSpan UntilStopped = TimeSpan.FromSeconds(60);

    public static Command Build()
    {
        var port = new Option<int>("--port") { Help = Texts.PortOnThisMachine, DefaultValueFactory = _ => 8484 };
        port.Validators.Add(given =>
        {
            if (given.Tokens.Count == 1 && int.TryParse(given.Tokens[0].Value, out var number) && number is < 1 or > 65535)
            {
                given.AddError(Texts.NotAPort(number));
            }
        });
        var host = new Option<string[]>("--allow-host") { Help = Texts.AllowedHosts };
        var store = new Option<string>("--secret-store")
        {
            Help = Texts.WhereToKeepKey,
            DefaultValueFactory = _ => KeyFileStore.StoreKind,
        };
        var passphrase = new Option<string?>("--passphrase-file") { Help = Texts.PassphraseFile };
        var demo = new Option<bool>("--demo") { Help = Texts.MadeUpFleetInTemporaryDatabase };
        var restic = new Option<string?>("--restic") { Help = Texts.PathOfRestic };
        var hooks = new Option<string>("--hooks") { Help = Texts.FolderOfHooks, DefaultValueFactory = _ => HostPaths.UsualHooks };
        var plugins = new Option<string>("--plugins")
        {
            Help = Texts.FolderOfPlugins,
            DefaultValueFactory = _ => PluginFolder.Usual,
        };
        var without = new Option<bool>("--without-plugins") { Help = Texts.StartsWithoutPlugins };
        return new TextCommand(Name, Texts.ServesDashboardAndRunsBackups)
        {
            port, host, store, passphrase, demo, restic, hooks, plugins, without,
        }.Local(async (parsed, output, ct) =>
        {
            await Task.Yield(); // a signal finds what it is to stop only once this has given way
            var options = CommandFrame.Options(parsed) with
            {
                Port = parsed.GetValue(port),
                AllowedHosts = parsed.GetValue(host) ?? [],
                SecretStore = parsed.GetValue(store)!,
                AskPassphrase = Passphrase(parsed.GetValue(passphrase)),
                Demo = parsed.GetValue(demo),
                Plugins = parsed.GetValue(without) ? null : Path.GetFullPath(parsed.GetValue(plugins)!),
            };
            using var temporary = options.Demo ? new TemporaryFolder() : null;
            options = temporary is null ? options : options with { Data = temporary.Path };
            try
            {
                var extensions = BuiltInExtensions.Of(options, TimeProvider.System);
                return await ServeAsync(options, extensions,
                    Agent(parsed.GetValue(restic), Path.GetFullPath(parsed.GetValue(hooks)!)), output, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return Exit.Ok; // a stop during the start is a stop like any other
            }
        });
    }

    private static async Task<int> ServeAsync(
        ServerOptions options, ExtensionSet extensions, Func<IServiceProvider, IAgent> agent, Output output, CancellationToken ct)
    {
        await using var app = await ServerHost.BuildAsync(options, extensions, agent, ct);
        if (options.Demo)
        {
            await DemoData.FillAsync(app.Services, Actor.System, ct);
        }

        await StartAsync(app, options, ct);
        await SayAsync(app, options, output, ct);
        await app.WaitForShutdownAsync(ct);
        return ServerHost.WhyStopped(app.Services) is { } fault ? throw fault : Exit.Ok;
    }

    // A person chooses a new one twice, so that a slip of the finger locks nobody out.
    private static Func<bool, CancellationToken, Task<Secret>> Passphrase(string? file) => async (fresh, ct) =>
    {
        if (file is not null)
        {
            using var reader = new StreamReader(file);
            return new(await reader.ReadLineAsync(ct) ?? "");
        }

        var given = await CommandFrame.ReadSecretAsync(fresh ? Texts.NewPassphraseOfTimeLocker : Texts.PassphraseOfTimeLocker, ct);
        return !fresh || Console.IsInputRedirected
            || (await CommandFrame.ReadSecretAsync(Texts.OnceMore, ct)).Reveal() == given.Reveal() ? given
            : throw ProblemException.Invalid(Problems.TwoPassphrasesDifferOne);
    };

    private static Func<IServiceProvider, IAgent> Agent(string? restic, string hooks) => services =>
    {
        var options = services.GetRequiredService<ServerOptions>();
        return options.Demo ? ActivatorUtilities.CreateInstance<DemoAgent>(services)
            : new LocalAgent(options.Data, services.GetRequiredService<TimeProvider>(), new ResticBinary(restic))
            {
                HostPaths = new() { HookFolder = hooks },
                Extensions = services.GetRequiredService<ExtensionSet>(),
            };
    };

    private static async Task StartAsync(WebApplication app, ServerOptions options, CancellationToken ct)
    {
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException e)
        {
            throw new ProblemException(ProblemKind.Failed,
                new(Texts.ServerCannotListen, Text.Verbatim(e.Message), Texts.StopWhatUsesPort(options.Port)), e);
        }
    }

    private static async Task SayAsync(WebApplication app, ServerOptions options, Output output, CancellationToken ct)
    {
        var gate = app.Services.GetRequiredService<SetupGate>();
        var token = gate.IsOpen ? await gate.TokenAsync(ct) : null;
        if (output.Json)
        {
            output.Value(new { address = options.Address, data = options.Data, setupToken = token });
            return;
        }

        output.Line($"TimeLocker {options.Version}  {options.Address}");
        if (app.Services.GetRequiredService<PublicAddress>().Current is { } elsewhere)
        {
            output.Line(Texts.PublicLine(TextArgument.Of(elsewhere)));
        }

        output.Line(Texts.StateLine(options.Data));
        if (options.Demo)
        {
            output.Line(Texts.DemoLine(DemoData.User, DemoData.Password));
        }
        else if (token is not null)
        {
            output.Line(Texts.SetupLine($"{options.Address}/setup?token={token}"));
            output.Line(Texts.SetupTokenLine(token));
        }
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("timelocker-demo-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
