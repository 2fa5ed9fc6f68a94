namespace TimeLocker.Benchmarks;

/// <summary>
/// From the start of the process to its first page, the one to sign in; the program's files are in memory, its state is
/// there.
/// </summary>
internal static class Row16_ColdStart
{
    public static async Task MeasureAsync(Bench bench)
    {
        await using var product = await History.WithAsync(bench, bench.Scale.Runs);
        List<double> times = [];
        for (var i = 0; i < bench.Scale.Starts; i++)
        {
            await product.StopAsync();
            times.Add(await product.StartAsync());
        }

        Report.Line(16, $"start to the first page, with {bench.Scale.Runs} runs", Report.Median(times), null, "s", "<= 1.0 s");
    }
}
