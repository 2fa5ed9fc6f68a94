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
        var health = new Option<bool>("--health") { Description = "Only ask the running server whether it is well; for container health checks." };
        return new Command("doctor", "Checks restic, the state directory and the server.") { health }.Run(async (parsed, output, ct) =>
        {
            var options = CommandFrame.Options(parsed);
            var server = parsed.GetValue(CommandFrame.Server);
            var findings = parsed.GetValue(health)
                ? [await ServerAsync(server ?? UsualAddress, ct)]
                : new List<Finding> { await ResticAsync(ct), State(options), await ServerAsync(server ?? Address(options) ?? UsualAddress, ct) };
            output.Say(findings, [.. findings.Select(finding => $"{(finding.Ok ? "ok  " : "FAIL")}  {finding.Check,-8} {finding.Says}")]);
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
            return facts.Trouble is { } trouble ? new(false, "restic", $"{trouble.What.Full} {trouble.Why.Full} {trouble.Next.Full}") : new(true, "restic", $"{facts.ResticVersion} at {facts.ResticPath}");
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

            return new(false, "state", $"{options.Data} holds no database yet. Start the server once, or correct --data.");
        }
        catch (ProblemException e)
        {
            return new(false, "state", $"{e.Problem.What.Full} {e.Problem.Why.Full} {e.Problem.Next.Full}");
        }
    }

    private static Finding Rights(ServerOptions options)
    {
        var open = (File.GetUnixFileMode(options.DatabaseFile) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0;
        return open ? new(false, "state", $"{options.DatabaseFile} can be read by others. Run: chmod 600 '{options.DatabaseFile}'") : new(true, "state", options.Data);
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
            return new(answer == "ok", "server", $"{address} says {answer}");
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return new(false, "server", $"{address} does not answer: {fault.Message}");
        }
    }
}
