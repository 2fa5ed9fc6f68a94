namespace TimeLocker.Benchmarks;

/// <summary>CPU of a first backup, server and all that it started, with the second after it.</summary>
internal static class Row01_FirstBackupCpu
{
    public static async Task MeasureAsync(Bench bench) =>
        (await Backups.FirstAsync(bench)).Print(1, $"CPU of a first backup of {bench.Scale.Mebibytes} MiB", c => c.Cpu,
            "ratio <= 1.03");
}
