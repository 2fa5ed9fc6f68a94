using System.Diagnostics;
using System.Text;

namespace TimeLocker.Benchmarks;

/// <summary>What a program cost: seconds on the clock and of CPU.</summary>
internal sealed record Cost(double Wall, double Cpu);

/// <summary>restic by itself, as somebody would call it: no JSON, no progress.</summary>
internal sealed class Restic(string program, string repository, string password, string cache,
    IReadOnlyDictionary<string, string>? more = null)
{
    public async Task<Cost> RunAsync(params string[] arguments) => (await AskAsync(arguments)).Cost;

    public async Task<(string Output, Cost Cost)> AskAsync(params string[] arguments)
    {
        using var process = new Process { StartInfo = Describe(arguments) };
        var (cpu, clock) = (Native.CpuOfEndedChildren(), Stopwatch.StartNew());
        process.Start();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var cost = new Cost(clock.Elapsed.TotalSeconds, Native.CpuOfEndedChildren() - cpu);
        return process.ExitCode == 0 ? (await output, cost)
            : throw new InvalidOperationException(
                $"restic {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
    }

    /// <summary>Seconds until a line of the output says so; the rest is waited for.</summary>
    public async Task<double?> UntilAsync(Func<string, bool> says, params string[] arguments)
    {
        var start = Describe(arguments);
        start.Environment["RESTIC_PROGRESS_FPS"] = "10";
        using var process = new Process { StartInfo = start };
        var clock = Stopwatch.StartNew();
        process.Start();
        double? at = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            at ??= says(line) ? clock.Elapsed.TotalSeconds : null;
        }

        await process.WaitForExitAsync();
        return at;
    }

    private ProcessStartInfo Describe(string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        (start.Environment["RESTIC_REPOSITORY"], start.Environment["RESTIC_PASSWORD"],
            start.Environment["RESTIC_CACHE_DIR"]) = (repository, password, cache);
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
