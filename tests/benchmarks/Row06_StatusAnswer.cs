namespace TimeLocker.Benchmarks;

/// <summary>The dashboard's data over the API, with much history and, as the baseline, with next to none.</summary>
internal static class Row06_StatusAnswer
{
    public static async Task MeasureAsync(Bench bench)
    {
        await using var young = await History.WithAsync(bench, 0);
        await using var old = await History.WithAsync(bench, bench.Scale.Runs);
        List<double> without = [], with = [];
        for (var round = 0; round < bench.Scale.Rounds; round++)
        {
            with.Add((await Answers.MeasureAsync(old.Http, bench.Scale.Requests, "/api/v1/status")).Time);
            without.Add((await Answers.MeasureAsync(young.Http, bench.Scale.Requests, "/api/v1/status")).Time);
        }

        Report.Line(6, $"dashboard data, p50, with {bench.Scale.Runs} runs; baseline 3 runs", Report.Median(with),
            Report.Median(without), "ms", "<= 3 ms, ratio about 1");
    }
}
