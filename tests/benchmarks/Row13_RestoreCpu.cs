namespace TimeLocker.Benchmarks;

/// <summary>CPU of a restore into a new folder, server and all that it started, with the second after it.</summary>
internal static class Row13_RestoreCpu
{
    public static async Task MeasureAsync(Bench bench)
    {
        var source = Sources.Middle(bench);
        await using var product = await Backups.UsedAsync(bench);
        var place = bench.Path("repository");
        var repository = await product.AddRepositoryAsync("Repository", place, create: true);
        var plan = await product.AddPlanAsync("Plan", repository, source);
        var snapshot = (await product.RunAsync($"/plans/{plan}/runs", new { })).Run["snapshotId"]!.ToString();
        var restic = bench.Restic(place);
        List<double> ours = [], theirs = [];
        for (var round = 1; round <= bench.Scale.Rounds; round++)
        {
            Report.Say($"restore, round {round}");
            var target = bench.Path("restored");
            var before = Native.CpuOfTree(product.Pid);
            await product.RunAsync("/restores", new { repositoryId = repository, snapshot, target });
            await Task.Delay(TimeSpan.FromSeconds(1));
            ours.Add(Native.CpuOfTree(product.Pid) - before);
            Directory.Delete(target, recursive: true);

            theirs.Add((await restic.RunAsync("restore", snapshot, $"--target={target}", "--overwrite=never")).Cpu);
            Directory.Delete(target, recursive: true);
        }

        Report.Line(13, $"CPU of a restore of {bench.Scale.Restored} files", Report.Median(ours), Report.Median(theirs),
            "s", "ratio <= 1.03");
    }
}
