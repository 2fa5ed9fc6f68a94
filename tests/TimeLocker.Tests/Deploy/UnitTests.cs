using System.Text;
using Shouldly;
using TimeLocker.Core.Processes;
using TimeLocker.Tests.Architecture;
using Xunit;

namespace TimeLocker.Tests.Deploy;

/// <summary>The units for systemd, judged by systemd's own program.</summary>
public sealed class UnitTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tl-units-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string[] Lines(string unit) => File.ReadAllLines(Path.Combine(Sources.Root, "deploy", unit));

    private string Write(params IEnumerable<string> lines)
    {
        var unit = Path.Combine(folder, "timelocker.service");
        File.WriteAllLines(unit,
            lines.Select(line => line.Replace("/opt/timelocker/timelocker", "/bin/true", StringComparison.Ordinal)
                .Replace("@CLONE@/deploy/start", "/bin/true", StringComparison.Ordinal)));
        return unit;
    }

    private static async Task<(int Exit, string Said)> AnalyzeAsync(params string[] words)
    {
        var ended = await ChildProcess.RunAsync(new ChildCommand("systemd-analyze",
            words)
        {
            Environment = new Dictionary<string, string>
            {
                ["PATH"] = "/usr/bin:/bin",
                ["HOME"] = "/",
                ["XDG_RUNTIME_DIR"] = "/tmp",
            }
        }, TimeSpan.FromMinutes(1), 1 << 20, CancellationToken.None);
        return (ended.ExitCode, Encoding.UTF8.GetString(ended.Output) + ended.Errors);
    }

    [Fact]
    public async Task The_system_service_is_closed_to_1_5()
    {
        var (exit, said) = await AnalyzeAsync("security", "--offline=yes", "--threshold=15",
            Write(Lines("timelocker-system.service")));
        exit.ShouldBe(0, said);
    }

    [Fact]
    public async Task One_that_reads_all_homes_is_closed_to_3()
    {
        // A drop-in comes after the unit.
        var unit = Lines("timelocker-system.service").TakeWhile(line => line != "[Install]")
            .Concat(Lines("timelocker-all-homes.conf"));
        var (exit, said) = await AnalyzeAsync("security", "--offline=yes", "--threshold=30", Write(unit));
        exit.ShouldBe(0, said);
    }

    [Theory]
    [InlineData("timelocker.service")]
    [InlineData("timelocker-system.service")]
    public async Task Units_are_well_formed_and_leave_no_diagnostics_open(string unit)
    {
        var (exit, said) = await AnalyzeAsync("verify", "--man=no", Write(Lines(unit)));
        (exit, said).ShouldBe((0, ""));
        Lines(unit).ShouldContain(line => line.StartsWith("Environment=", StringComparison.Ordinal)
            && line.Contains("DOTNET_EnableDiagnostics=0", StringComparison.Ordinal));
    }
}
