namespace TimeLocker.Benchmarks;

/// <summary>Time from the call that starts a run to the news of its end, against that of restic's process.</summary>
internal static class Row03_BackupTime
{
    public static async Task MeasureAsync(Bench bench)
    {
        (await Backups.FirstAsync(bench)).Print(3, $"time of a first backup of {bench.Scale.Mebibytes} MiB",
            c => c.Wall, "ratio <= 1.02");
        (await Backups.NoChangeAsync(bench)).Print(3, $"time of a no-change backup of {bench.Scale.Files} files",
            c => c.Wall, "ratio <= 1.02");
    }
}
