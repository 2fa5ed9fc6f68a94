using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core.Processes;
using TimeLocker.Core.Retention;
using TimeLocker.Tests.Servers;
using Xunit;

namespace TimeLocker.Tests.Core.Retention;

/// <summary>Our own evaluation against the dry run of the real restic: many policies on hundreds of snapshots.</summary>
public sealed class RetentionRulesTests : IAsyncLifetime
{
    private const int Snapshots = 200;
    private const string Password = "p";

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly string[] Words = ["web", "db", "keep"];

    private readonly string root = Directory.CreateTempSubdirectory("tl-keep-").FullName;
    private readonly Random random = new(20261123);
    private string restic = "";

    public async Task InitializeAsync()
    {
        restic = (await new ResticBinary().FindAsync()).Path;
        Directory.CreateDirectory(In("files"));
        await File.WriteAllTextAsync(In("files", "a.txt"), "content");
        FreshRepository.Put(In("repo"), Password);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(root, recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Every_snapshot_has_the_fate_and_the_reasons_that_restic_gives_it()
    {
        await MakeAsync(Snapshots);
        var all = JsonNode.Parse(await ResticAsync("snapshots", "--json"))!.AsArray().Select(s => s!).ToList();
        all.Count.ShouldBe(Snapshots);
        var kept = all.Select(s => new Kept<string>(s["id"]!.ToString(), Time(s), Tags(s),
            string.Join('\0', s["paths"]!.AsArray()))).ToList();

        var compared = 0;
        for (var n = 0; n < 60; n++)
        {
            var policy = Any();
            if (policy.IsEmpty)
            {
                continue;
            }

            var said = JsonNode.Parse(await ResticAsync(["forget", "--dry-run", "--no-lock", "--json",
                .. Options(policy)]))!.AsArray();
            var theirs = said.SelectMany(g => g!["reasons"]!.AsArray())
                .ToDictionary(r => r!["snapshot"]!["id"]!.ToString(), r => string.Join("; ", r!["matches"]!.AsArray()));
            var ours = RetentionRules.Apply(policy, kept, Now);
            ours.Select(f => f.Item).ShouldBe(kept.OrderByDescending(k => k.Time).Select(k => k.Item), ignoreOrder: true);
            foreach (var fate in ours)
            {
                string.Join("; ", fate.Reasons).ShouldBe(theirs.GetValueOrDefault(fate.Item, ""),
                    $"{string.Join(' ', Options(policy))}: {kept.Single(k => k.Item == fate.Item).Time:O}");
            }

            compared += ours.Any(f => !f.Stays) && ours.Any(f => f.Stays) ? 1 : 0;
        }

        compared.ShouldBeGreaterThan(45, "policies that keep something and remove something");
    }

    private async Task MakeAsync(int count)
    {
        // Dense days, gaps, the last day of months, the change of ISO years, and some that are dated in the future.
        var at = Now.AddYears(-3);
        var moments = new List<DateTimeOffset>();
        while (moments.Count < count - 3)
        {
            at = at.AddMinutes(random.Next(4) switch
            {
                0 => random.Next(1, 90),
                1 => random.Next(60, 900),
                2 => random.Next(600, 5000),
                _ => random.Next(3000, 30000)
            });
            moments.Add(at < Now ? at : Now.AddMinutes(-random.Next(100, 2_000_000)));
        }

        moments.AddRange([Now.AddDays(40), new(2024, 12, 30, 12, 0, 0, TimeSpan.Zero),
            new(2025, 3, 31, 23, 59, 59, TimeSpan.Zero)]);
        foreach (var part in moments.Chunk(20))
        {
            // One shell for many: starting restic is what takes the time.
            var lines = part.Select(m =>
                $"\"$R\" backup -q --no-cache --no-scan --host h --time '{m.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}' {string.Concat(Words.Where(_ => random.Next(8) == 0).Select(w => $"--tag {w} "))}files{(random.Next(3) == 0 ? "" : "/a.txt")}");
            await ShellAsync(string.Join("\n", lines.Prepend("set -e")));
        }
    }

    private RetentionPolicy Any() => new()
    {
        KeepLast = Number(5),
        KeepHourly = Number(30),
        KeepDaily = Number(40),
        KeepWeekly = Number(20),
        KeepMonthly = Number(14),
        KeepYearly = Number(4),
        KeepWithin = Span(),
        KeepWithinHourly = Span(),
        KeepWithinDaily = Span(),
        KeepWithinWeekly = Span(),
        KeepWithinMonthly = Span(),
        KeepWithinYearly = Span(),
        KeepTags = [.. Words.Where(_ => random.Next(10) == 0)],
    };

    private int Number(int most) => random.Next(4) == 0 ? random.Next(1, most) : 0;

    private string Span() =>
        random.Next(7) != 0 ? ""
            : $"{(random.Next(3) == 0 ? "1y" : "")}{(random.Next(2) == 0 ? $"{random.Next(1, 15)}m" : "")}{random.Next(1, 40)}d{(random.Next(2) == 0 ? $"{random.Next(1, 50)}h" : "")}";

    private static IEnumerable<string> Options(RetentionPolicy policy) =>
    [
        .. policy.Counts.Where(c => c.Count > 0).Select(c => $"{Option(c.Name)}={c.Count}"),
        .. policy.Withins.Where(w => w.Within.Length > 0).Select(w => $"{Option(w.Name)}={w.Within}"),
        .. policy.KeepTags.Select(t => $"--keep-tag={t}"),
    ];

    private static string Option(string name) =>
        "--" + string.Concat(name.Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}"));

    private static DateTimeOffset Time(JsonNode s) => DateTimeOffset.Parse(s["time"]!.ToString(), CultureInfo.InvariantCulture);

    private static List<string> Tags(JsonNode s) => [.. s["tags"]?.AsArray().Select(t => t!.ToString()) ?? []];

    private string In(params string[] parts) => Path.Combine([root, .. parts]);

    private Task<string> ResticAsync(params string[] words) => ShellAsync($"\"$R\" {string.Join(' ', words)}");

    private async Task<string> ShellAsync(string script)
    {
        var said = await ChildProcess.RunAsync(new ChildCommand("sh", ["-c", script])
        {
            WorkingDirectory = root,
            Environment = new Dictionary<string, string>
            {
                ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
                ["R"] = restic,
                ["TZ"] = "UTC",
                ["RESTIC_REPOSITORY"] = In("repo"),
                ["RESTIC_PASSWORD"] = Password,
                ["RESTIC_CACHE_DIR"] = In("cache"),
                ["HOME"] = root,
            },
        }, TimeSpan.FromMinutes(5), 1 << 26, default);
        said.ExitCode.ShouldBe(0, said.Errors);
        return System.Text.Encoding.UTF8.GetString(said.Output);
    }
}
