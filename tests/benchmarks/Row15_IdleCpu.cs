namespace TimeLocker.Benchmarks;

/// <summary>What a server does while nobody asks it anything.</summary>
internal static class Row15_IdleCpu
{
    public static async Task MeasureAsync(Bench bench)
    {
        await using var product = await History.WithAsync(bench, bench.Scale.Runs);
        await Task.Delay(bench.Scale.Settled);
        var (cpu, switches) = (Native.CpuOf(product.Pid), Native.Switches(product.Pid));
        await Task.Delay(bench.Scale.Idle);
        var seconds = bench.Scale.Idle.TotalSeconds;
        Report.Line(15, $"CPU over {seconds} s idle", (Native.CpuOf(product.Pid) - cpu) / seconds * 100, null, "%", "<= 0.02 %");
        Report.Line(15, $"context switches a second over {seconds} s idle",
            (Native.Switches(product.Pid) - switches) / seconds, null, "", "<= 2");
    }
}
