using Shouldly;
using TimeLocker.Core.Processes;
using TimeLocker.Tests.Architecture;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Deploy;

/// <summary>A server offers no way to take a dump of its memory, however it was started.</summary>
public sealed class DiagnosticsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tl-diagnostics-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_server_has_no_diagnostic_socket()
    {
        var program = Path.Combine(Sources.Root, "src/TimeLocker/bin/Release/net10.0/timelocker");
        var port = Ports.Free();
        // .NET puts its sockets where TMPDIR says.
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            ["HOME"] = folder,
            ["TMPDIR"] = folder,
            ["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath)!,
        };
        await using var server = ChildProcess.Start(new ChildCommand(program,
            ["serve", "--data", Path.Combine(folder, "state"), "--port", $"{port}"])
        { Environment = environment });
        var said = new byte[1];
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        (await server.Output.ReadAsync(said, limit.Token)).ShouldBe(1, "it says its address once it listens");

        Directory.GetFiles(folder).Select(Path.GetFileName)
            .Where(name => name!.StartsWith("dotnet-diagnostic", StringComparison.Ordinal)
                || name.StartsWith("clr-debug-pipe", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
