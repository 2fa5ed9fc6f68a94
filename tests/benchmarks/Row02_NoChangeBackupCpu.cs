namespace TimeLocker.Benchmarks;

/// <summary>CPU of a backup that finds nothing new, and of what TimeLocker still does after it; restic does nothing then.</summary>
internal static class Row02_NoChangeBackupCpu
{
    public static async Task MeasureAsync(Bench bench) =>
        (await Backups.NoChangeAsync(bench)).Print(2,
            $"CPU of a no-change backup of {bench.Scale.Files} files and {bench.Scale.After.TotalSeconds} s after",
            c => c.Cpu, "ratio <= 1.06");
}
