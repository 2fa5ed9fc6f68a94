namespace TimeLocker.Benchmarks;

/// <summary>What rounds of product and restic cost, side by side.</summary>
internal sealed record Comparison(IReadOnlyList<Cost> Product, IReadOnlyList<Cost> Restic)
{
    public void Print(int row, string figure, Func<Cost, double> of, string goal) =>
        Report.Line(row, figure, Report.Median(Product.Select(of)), Report.Median(Restic.Select(of)), "s", goal);
}

/// <summary>
/// The backups of rows 1 to 3, measured once. The options are those of a plan as TimeLocker makes it; one program
/// watches the run through the API. The server has made a few small runs before: it is one that is up for days, whose
/// code is compiled.
/// </summary>
internal static class Backups
{
    private const int EarlierRuns = 10;

    private static Task<Comparison>? first, noChange;

    public static Task<Comparison> FirstAsync(Bench bench) => first ??= MeasureFirstAsync(bench);

    public static Task<Comparison> NoChangeAsync(Bench bench) => noChange ??= MeasureNoChangeAsync(bench);

    /// <summary>Each round into a new repository; making it is not measured.</summary>
    private static async Task<Comparison> MeasureFirstAsync(Bench bench)
    {
        var source = Sources.Large(bench, bench.Scale.Mebibytes);
        await ReadAsync(source);
        await using var storage = new Storage(bench);
        await using var product = await UsedAsync(bench);
        List<Cost> ours = [], theirs = [];
        for (var round = 1; round <= bench.Scale.Rounds; round++)
        {
            Report.Say($"first backup, round {round}");
            var place = await storage.NewAsync();
            var plan = await product.AddPlanAsync($"Plan {round}",
                await product.AddRepositoryAsync($"Repository {round}", place, create: true), source);
            ours.Add(await CostAsync(product, plan, TimeSpan.FromSeconds(1)));
            await storage.EmptyAsync(place);

            place = await storage.NewAsync();
            var restic = bench.Restic(place.Address, place.PlainEnvironment);
            await restic.RunAsync("init");
            theirs.Add(await restic.RunAsync("backup", "--exclude-caches", source));
            await storage.EmptyAsync(place);
        }

        return new(ours, theirs);
    }

    private static async Task<Comparison> MeasureNoChangeAsync(Bench bench)
    {
        var source = Sources.Small(bench);
        await using var storage = new Storage(bench);
        await using var product = await UsedAsync(bench);
        var plan = await product.AddPlanAsync("Plan",
            await product.AddRepositoryAsync("Repository", await storage.NewAsync(), create: true), source);
        var place = await storage.NewAsync();
        var restic = bench.Restic(place.Address, place.PlainEnvironment);
        await restic.RunAsync("init");
        await CostAsync(product, plan, TimeSpan.Zero);
        await restic.RunAsync("backup", "--exclude-caches", source);
        List<Cost> ours = [], theirs = [];
        for (var round = 1; round <= bench.Scale.Rounds; round++)
        {
            Report.Say($"backup without changes, round {round}");
            ours.Add(await CostAsync(product, plan, bench.Scale.After));
            theirs.Add(await restic.RunAsync("backup", "--exclude-caches", source));
        }

        return new(ours, theirs);
    }

    public static async Task<Product> UsedAsync(Bench bench)
    {
        var product = await Product.StartedAsync(bench);
        var plan = await product.AddPlanAsync("Earlier",
            await product.AddRepositoryAsync("Earlier", bench.Path("repository"), create: true), Sources.Tiny(bench));
        for (var i = 0; i < EarlierRuns; i++)
        {
            await product.RunAsync($"/plans/{plan}/runs", new { });
        }

        return product;
    }

    private static async Task<Cost> CostAsync(Product product, string plan, TimeSpan after)
    {
        var before = Native.CpuOfTree(product.Pid);
        var (_, wall) = await product.RunAsync($"/plans/{plan}/runs", new { });
        await Task.Delay(after);
        return new(wall, Native.CpuOfTree(product.Pid) - before);
    }

    // So that no round pays for reading the disk.
    private static async Task ReadAsync(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            await using var stream = File.OpenRead(file);
            await stream.CopyToAsync(Stream.Null);
        }
    }
}
