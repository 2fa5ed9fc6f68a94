using TimeLocker.Benchmarks;

var rows = new SortedDictionary<int, Func<Bench, Task>>
{
    [1] = Row01_FirstBackupCpu.MeasureAsync,
    [2] = Row02_NoChangeBackupCpu.MeasureAsync,
    [3] = Row03_BackupTime.MeasureAsync,
    [4] = Row04_RunVisible.MeasureAsync,
    [5] = Row05_FirstProgress.MeasureAsync,
    [6] = Row06_StatusAnswer.MeasureAsync,
    [7] = Row07_DashboardPage.MeasureAsync,
    [8] = Row08_SnapshotAnswer.MeasureAsync,
    [9] = Row09_SnapshotPage.MeasureAsync,
    [13] = Row13_RestoreCpu.MeasureAsync,
    [14] = Row14_Memory.MeasureAsync,
    [15] = Row15_IdleCpu.MeasureAsync,
    [16] = Row16_ColdStart.MeasureAsync,
};
var scale = args.Contains("--quick") ? Scale.Quick : new Scale();
List<int> wanted = [];
for (var i = 0; i < args.Length; i++)
{
    if (int.TryParse(args[i], out var row) && rows.ContainsKey(row))
    {
        wanted.Add(row);
    }
    else if (args[i] == "--place" && i + 1 < args.Length && Storage.Kinds.Contains(args[i + 1]))
    {
        scale = scale with { Place = args[++i] };
    }
    else if (args[i] != "--quick")
    {
        if (i + 1 == args.Length || !int.TryParse(args[i + 1], out var value))
        {
            Console.Error.WriteLine($"“{args[i]}” is not known here; see --help.");
            return 2;
        }

        scale = scale.With(args[i++], value);
    }
}

Report.Say($"repositories of rows 1 to 3: {scale.Place}");
Report.Head();
using var bench = new Bench(scale);
foreach (var row in wanted.Count > 0 ? wanted : [.. rows.Keys])
{
    await rows[row](bench);
}

return 0;
