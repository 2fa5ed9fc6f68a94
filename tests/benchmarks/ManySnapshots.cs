using System.Globalization;

namespace TimeLocker.Benchmarks;

/// <summary>
/// A repository with many snapshots, made by restic and kept. A backup a day gives the first sixteenth of them; then
/// “restic rewrite --new-host” writes a second snapshot beside each that is there, four times over. So they are real,
/// on many days, from five machines.
/// </summary>
internal static class ManySnapshots
{
    private static readonly string[] Hosts = ["office", "studio", "cellar", "attic"];

    /// <summary>How many there are: a few more than were asked for.</summary>
    public static int Count(Bench bench) => (bench.Scale.Snapshots + 15) / 16 * 16;

    public static async Task<string> RepositoryAsync(Bench bench)
    {
        var place = Path.Combine(bench.Cache, "repositories", $"snapshots-{Count(bench)}");
        if (Directory.Exists(place))
        {
            return place;
        }

        Report.Say($"making {place}");
        var draft = place + ".part";
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }

        var restic = bench.Restic(draft);
        await restic.RunAsync("init");
        for (var day = Count(bench) / 16; day > 0; day--)
        {
            var time = TimeProvider.System.GetUtcNow().AddDays(-day).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            await restic.RunAsync("backup", "--host=home", $"--time={time}", Sources.Tiny(bench));
        }

        foreach (var host in Hosts)
        {
            await restic.RunAsync("rewrite", $"--new-host={host}");
        }

        Directory.Move(draft, place);
        return place;
    }

    /// <summary>A server that has adopted the repository and read its list.</summary>
    public static async Task<(Product Product, string Id, Restic Restic)> AdoptedAsync(Bench bench)
    {
        var place = await RepositoryAsync(bench);
        var product = await Product.StartedAsync(bench);
        var id = await product.AddRepositoryAsync("Repository", place, create: false);
        while ((int)(await product.GetAsync($"/repositories/{id}"))["snapshotCount"]! < Count(bench))
        {
            await Task.Delay(200);
        }

        return (product, id, bench.Restic(place));
    }
}
