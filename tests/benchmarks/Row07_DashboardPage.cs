namespace TimeLocker.Benchmarks;

/// <summary>
/// The dashboard as a page, with its data in the first HTML, and until it can be used (see <see cref="Browser"/>).
/// </summary>
internal static class Row07_DashboardPage
{
    public static async Task MeasureAsync(Bench bench)
    {
        await using var product = await History.WithAsync(bench, bench.Scale.Runs);
        var (html, size) = await Answers.MeasurePageAsync(product, bench.Scale.Requests, "/");
        Report.Line(7, $"dashboard: HTML with data, {bench.Scale.Runs} runs ({size:0} kB)", html, null, "ms", "<= 15 ms");

        await using var browser = await Browser.StartAsync(product);
        await browser.MeasureAsync("/");
        List<double> usable = [];
        for (var i = 0; i < bench.Scale.Starts; i++)
        {
            usable.Add((await browser.MeasureAsync("/")).Usable);
        }

        Report.Line(7, "dashboard: usable in the browser, nothing cached", Report.Median(usable), null, "ms", "<= 600 ms");
    }
}
