namespace TimeLocker.Benchmarks;

/// <summary>How large the work is. The defaults are those of the goals.</summary>
internal sealed record Scale
{
    public int Rounds { get; init; } = 5;

    /// <summary>How often a short answer is asked for.</summary>
    public int Requests { get; init; } = 200;

    /// <summary>How often a page is opened, a server started.</summary>
    public int Starts { get; init; } = 15;
    public int Mebibytes { get; init; } = 1024;
    public int Files { get; init; } = 50_000;
    public int Restored { get; init; } = 1_000;
    public int Snapshots { get; init; } = 1_000;
    public int Runs { get; init; } = 10_000;

    /// <summary>What still belongs to a backup after its end.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// By then a server has done what it does once after a start: the last is its look at retention, two minutes later.
    /// </summary>
    public TimeSpan Settled { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>Where the repositories of rows 1 to 3 are, see <see cref="Storage"/>.</summary>
    public string Place { get; init; } = "local";

    public static Scale Quick { get; } = new()
    {
        Rounds = 2,
        Requests = 100,
        Starts = 4,
        Mebibytes = 64,
        Files = 5_000,
        Restored = 200,
        Snapshots = 200,
        Runs = 1_000,
        After = TimeSpan.FromSeconds(3),
        Idle = TimeSpan.FromSeconds(10),
        Settled = TimeSpan.FromSeconds(10),
    };

    public Scale With(string option, int value) => option switch
    {
        "--rounds" => this with { Rounds = value },
        "--mib" => this with { Mebibytes = value },
        "--files" => this with { Files = value },
        "--snapshots" => this with { Snapshots = value },
        "--runs" => this with { Runs = value },
        _ => throw new ArgumentException($"{option} is not known here; see --help."),
    };
}
