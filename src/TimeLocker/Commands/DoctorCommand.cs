using System.CommandLine;
using TimeLocker.Agent;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Server;

namespace TimeLocker.Commands;

/// <summary>Looks whether everything that TimeLocker needs is there, and says the next step where it is not.</summary>
internal static class DoctorCommand
{
    private const string UsualAddress = "http://localhost:8484";

    private sealed record Finding(bool Ok, string Check, string Says);

    public static Command Build()
    {
        var health = new Option<bool>("--health") { Help = Texts.OnlyAskServerForHealth };
        return new TextCommand("doctor", Texts.ChecksResticStateDirectoryAndServer) { health }.Run(async (parsed, output, ct) =>
        {
            var options = CommandFrame.Options(parsed);
            var server = parsed.GetValue(CommandFrame.Server);
            var findings = parsed.GetValue(health)
                ? [await ServerAsync(server ?? UsualAddress, ct)]
                : new List<Finding> { await ResticAsync(ct), State(options),
                    await ServerAsync(server ?? Address(options) ?? UsualAddress, ct) };
            output.Say(findings,
                [.. findings.Select(finding => (string)Texts.Finding(finding.Ok, finding.Check.PadRight(8),
                    finding.Says))]);
            return findings.TrueForAll(f => f.Ok) ? Exit.Ok : Exit.Failed;
        });
    }

    private static async Task<Finding> ResticAsync(CancellationToken ct)
    {
        var scratch = Directory.CreateTempSubdirectory("timelocker-doctor-");
        try
        {
            await using var agent = new LocalAgent(scratch.FullName, TimeProvider.System, new ResticBinary());
            var facts = await agent.AskAsync(new DescribeMachine(), ct);
            return facts.Trouble is { } trouble
                ? new(false, "restic", $"{trouble.What.Full} {trouble.Why.Full} {trouble.Next.Full}")
                : new(true, "restic", Texts.ResticFound(facts.ResticVersion, facts.ResticPath));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static Finding State(ServerOptions options)
    {
        try
        {
            if (RunningServer.Has(options.Data, options.DatabaseFile))
            {
                return Rights(options);
            }

            return new(false, "state", Texts.NoDatabaseYet(options.Data));
        }
        catch (ProblemException e)
        {
            return new(false, "state", $"{e.Problem.What.Full} {e.Problem.Why.Full} {e.Problem.Next.Full}");
        }
    }

    private static Finding Rights(ServerOptions options)
    {
        var open = (File.GetUnixFileMode(options.DatabaseFile) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0;
        return open ? new(false, "state", Texts.DatabaseReadable(options.DatabaseFile)) : new(true, "state", options.Data);
    }

    private static string? Address(ServerOptions options)
    {
        try
        {
            return RunningServer.Of(options.Data)?.Address;
        }
        catch (ProblemException)
        {
            return null; // said with the state directory
        }
    }

    private static async Task<Finding> ServerAsync(string address, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            var answer = await http.GetStringAsync(new Uri(new Uri(address), "/healthz"), ct);
            return new(answer == "ok", "server", Texts.ServerSays(address, answer));
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return new(false, "server", Texts.ServerDoesNotAnswer(address, fault.Message));
        }
    }
}
