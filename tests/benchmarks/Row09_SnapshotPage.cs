namespace TimeLocker.Benchmarks;

/// <summary>The page to find a snapshot, calendar and list, and until it can be used (see <see cref="Browser"/>).</summary>
internal static class Row09_SnapshotPage
{
    public static async Task MeasureAsync(Bench bench)
    {
        var (product, id, _) = await ManySnapshots.AdoptedAsync(bench);
        await using var stop = product;
        var path = $"/restore?repository={id}";
        var (html, size) = await Answers.MeasurePageAsync(product, bench.Scale.Requests, path);
        await using var browser = await Browser.StartAsync(product);
        await browser.MeasureAsync(path);
        List<(double Usable, int Elements)> opened = [];
        for (var i = 0; i < bench.Scale.Starts; i++)
        {
            opened.Add(await browser.MeasureAsync(path));
        }

        var snapshots = ManySnapshots.Count(bench);
        Report.Line(9, $"page of {snapshots} snapshots: HTML", html, null, "ms", "<= 30 ms");
        Report.Line(9, $"page of {snapshots} snapshots: size", size, null, "kB", "<= 150 kB");
        Report.Line(9, $"page of {snapshots} snapshots: usable in the browser, nothing cached",
            Report.Median(opened.Select(o => o.Usable)), null, "ms", "<= 700 ms");
        Report.Line(9, $"page of {snapshots} snapshots: elements", opened.Max(o => o.Elements), null, "", "<= 2000");
    }
}
