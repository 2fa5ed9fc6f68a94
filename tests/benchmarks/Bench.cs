namespace TimeLocker.Benchmarks;

/// <summary>What the rows share: programs, sizes and a folder that is gone afterwards.</summary>
internal sealed class Bench(Scale scale) : IDisposable
{
    public const string Password = "measured and then thrown away";

    private readonly string scratch = Directory.CreateTempSubdirectory("timelocker-bench-").FullName;
    private int folders;

    public Scale Scale { get; } = scale;
    public string Program { get; } = Given("TIMELOCKER_PROGRAM");
    public string ResticProgram { get; } = Given("TIMELOCKER_RESTIC");

    /// <summary>What is expensive to make and the same each time.</summary>
    public string Cache { get; } = Given("TIMELOCKER_BENCH");

    /// <summary>A new path in the temporary folder.</summary>
    public string Path(string name) => System.IO.Path.Combine(scratch, $"{++folders:000}-{name}");

    public Restic Restic(string repository, IReadOnlyDictionary<string, string>? more = null) =>
        new(ResticProgram, repository, Password, System.IO.Path.Combine(scratch, "restic-cache"), more);

    public void Dispose() => Directory.Delete(scratch, recursive: true);

    private static string Given(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value
            : throw new ArgumentException($"{name} is not set; start this through tests/benchmarks/run.");
}
