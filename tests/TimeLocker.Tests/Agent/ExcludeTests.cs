using System.Text;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Core;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>What restic cannot read as an exclude is refused when it is written down.</summary>
public sealed class ExcludeTests : IAsyncLifetime
{
    private readonly AgentRig rig = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task What_restic_refuses_is_refused_and_nothing_else_that_can_be_read()
    {
        var patterns = Patterns().Distinct().ToList();
        await rig.CreateRepositoryAsync();
        await File.WriteAllBytesAsync(rig.In("excludes"), ResticPatterns.Excludes(patterns));
        rig.Write("data/file");
        var restic = (await new ResticBinary().FindAsync()).Path;

        await AgentRig.ShellAsync(
            $"RESTIC_PASSWORD='{AgentRig.Password}' {restic} -r {rig.In("repo")} --cache-dir "
            + $"{rig.In("cache")} backup --dry-run --exclude-file {rig.In("excludes")} {rig.In("data")} 2>{rig.In("said")} || true", rig.Root);

        var refused =
            (await File.ReadAllLinesAsync(rig.In("said"))).SkipWhile(l => !l.Contains("invalid pattern",
                StringComparison.Ordinal)).Skip(1).Select(l => l.Trim()).ToHashSet();
        refused.Count.ShouldBeGreaterThan(100);
        foreach (var pattern in patterns)
        {
            if (GlobPattern.WhyNot(pattern) is null)
            {
                refused.ShouldNotContain(pattern);
            }
            else if (!refused.Contains(pattern))
            {
                // restic tries each against itself: it finds no fault behind a “*” whose beginning does not match
                // itself, and stumbles over it at a file.
                pattern.ShouldMatch(@"[\\\[].*\*.*[\\\[]", pattern);
            }
        }
    }

    [Theory]
    [InlineData("[odd")]
    [InlineData("a[")]
    [InlineData("a\\")]
    [InlineData("[")]
    [InlineData("[]")]
    [InlineData("/x/[y")]
    [InlineData("!c[ad")]
    [InlineData("  [odd  ")]
    public void It_is_refused_with_its_line(string pattern)
    {
        var problem = Should.Throw<ProblemException>(() => PlanRules.Excludes(["*.tmp", "", pattern])).Problem;

        problem.What.Full.ShouldBe($"The exclude “{pattern.Trim()}” on line 3 cannot be read.");
    }

    [Fact]
    public async Task Where_restic_refuses_one_all_the_same_its_words_name_it()
    {
        var target = await rig.CreateRepositoryAsync();

        var run = await rig.RunAsync(rig.Backup(target, rig.Write("data/file")) with { Options = new() { Excludes = ["[odd"] } });

        (run.Outcome,
            run.Problem!.Why.Full).ShouldBe((RunOutcome.Failed,
                "restic says: --exclude-file: invalid pattern(s) provided: [odd"));
    }

    // All short words over the characters that mean something, and some longer ones.
    private static IEnumerable<string> Patterns()
    {
        string[] letters = ["[", "]", "\\", "^", "-", "*", "a", "/"];
        var words = letters.AsEnumerable();
        for (var length = 1; length <= 4; length++)
        {
            foreach (var word in words)
            {
                yield return word;
                yield return $"!{word}x";
            }

            words = [.. words.SelectMany(word => letters.Select(letter => word + letter))];
        }

        foreach (var word in (string[])["[z-a]", "[a-]", "[^]", "[^]]", "[\\]]", "[a/b]", "[ä-ü]", "[😀]", "[😀",
            "?[?]", "x/../[y]", "[x/..", "/../[x", "**/[a]/**", "**/[", "{a,b}", "[[]", "[[", "[]a]", "[-a]", "[a\\-z]",
                "a**b[", "\\\\", "\\[x"])
        {
            yield return word;
        }

        var random = new Random(36);
        for (var n = 0; n < 2000; n++)
        {
            var word = new StringBuilder();
            for (var length = random.Next(5, 12); length > 0; length--)
            {
                word.Append(letters[random.Next(letters.Length)]);
            }

            yield return word.ToString();
        }
    }
}
