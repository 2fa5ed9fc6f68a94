using System.Diagnostics;

namespace TimeLocker.Benchmarks;

/// <summary>
/// All snapshots of a repository over the API, in pages of 500, the longest there are; then one page of 50. Bare restic
/// lists them all.
/// </summary>
internal static class Row08_SnapshotAnswer
{
    public static async Task MeasureAsync(Bench bench)
    {
        var (product, id, restic) = await ManySnapshots.AdoptedAsync(bench);
        await using var stop = product;
        List<double> all = [], bare = [];
        for (var round = 0; round < bench.Scale.Rounds * 4; round++)
        {
            var clock = Stopwatch.StartNew();
            string? after = null;
            do
            {
                after = (await product.GetAsync(
                    $"/repositories/{id}/snapshots?limit=500{(after is null ? "" : $"&after={after}")}"))["next"]?.ToString();
            }
            while (after is not null);
            all.Add(clock.Elapsed.TotalMilliseconds);
            bare.Add((await restic.RunAsync("snapshots", "--json", "--no-lock")).Wall * 1000);
        }

        var (page, size) = await Answers.MeasureAsync(product.Http, bench.Scale.Requests, $"/api/v1/repositories/{id}/snapshots");
        Report.Line(8, $"{ManySnapshots.Count(bench)} snapshots over the API; baseline restic snapshots",
            Report.Median(all), Report.Median(bare), "ms", "<= 8 ms");
        Report.Line(8, $"a page of 50 of them, p50 ({size:0} kB)", page, null, "ms", "<= 3 ms");
    }
}
