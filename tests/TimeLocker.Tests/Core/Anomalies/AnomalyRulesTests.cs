using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Anomalies;
using TimeLocker.Core.Runs;
using Xunit;

namespace TimeLocker.Tests.Core.Anomalies;

/// <summary>Years of made-up but lifelike backups: what is usual stays quiet, what is terrible does not.</summary>
public sealed class AnomalyRulesTests
{
    private const long MiB = 1 << 20, GiB = 1 << 30;

    public static TheoryData<string> Lives => [.. Plans.Keys];

    private static readonly Dictionary<string, Func<Random, IEnumerable<RunFigures>>> Plans = new()
    {
        ["an office, every night, quiet weekends"] = r => Office(r, perDay: 1),
        ["an office, every hour"] = r => Office(r, perDay: 24),
        ["a home with holidays and new cameras"] = Home,
        ["a database's dump that grows"] = Dump,
        ["a mail server"] = Mail,
        ["a folder that nearly never changes"] = Still,
    };

    [Theory, MemberData(nameof(Lives))]
    public void A_year_of_usual_backups_is_quiet(string life)
    {
        const int plans = 40, runs = 365;
        var alarms = new List<string>();
        for (var seed = 0; seed < plans; seed++)
        {
            var history = new List<RunFigures>();
            foreach (var run in Plans[life](new Random(seed)).Take(runs))
            {
                alarms.AddRange(AnomalyRules.Find(history, run, compresses: true).Select(f => f.Text.Full));
                history.Insert(0, run);
            }
        }

        // One false alarm in a year and a half of a plan's daily backups at the most.
        ((double)alarms.Count / (plans * runs)).ShouldBeLessThan(0.002, string.Join('\n', alarms.Take(20)));
    }

    [Theory, MemberData(nameof(Lives))]
    // a dump changes every night
    public void Files_that_were_all_encrypted_in_the_night_are_seen(string life) =>
        AlwaysFinds(life, life == "a database's dump that grows" ? AnomalyMeasure.Entropy : AnomalyMeasure.FilesChanged,
            usual => usual with
            {
                FilesNew = 0,
                FilesChanged = usual.FilesTotal,
                BytesAdded = usual.BytesTotal,
                BytesStored = usual.BytesTotal,
            });

    [Theory, MemberData(nameof(Lives))]
    public void Half_of_the_files_gone_are_seen(string life) => AlwaysFinds(life, AnomalyMeasure.FilesRemoved,
        usual => usual with
        {
            FilesRemoved = usual.FilesTotal / 2,
            FilesTotal = usual.FilesTotal / 2,
            BytesTotal = usual.BytesTotal / 2,
        });

    [Theory, MemberData(nameof(Lives))]
    public void A_size_that_doubled_is_seen(string life) =>
        AlwaysFinds(life, AnomalyMeasure.Size, usual => usual with { BytesTotal = usual.BytesTotal * 2 });

    [Theory, MemberData(nameof(Lives))]
    public void Ten_times_as_long_is_seen_where_it_matters(string life) =>
        AlwaysFinds(life, AnomalyMeasure.Duration, usual => usual with { Seconds = 10 * 600 });

    [Fact]
    public void Encrypted_data_are_seen_by_what_they_are_where_the_plan_could_be_compressed()
    {
        var office = Plans["an office, every night, quiet weekends"](new Random(7)).Take(40).Reverse().ToList();
        var encrypted = office[0] with { BytesAdded = office[0].BytesTotal, BytesStored = office[0].BytesTotal };

        AnomalyRules.Find(office, encrypted, compresses: true).ShouldContain(f => f.Measure == AnomalyMeasure.Entropy);
        AnomalyRules.Find(office, encrypted, compresses: false).ShouldNotContain(f => f.Measure == AnomalyMeasure.Entropy);
        AnomalyRules.Find(office, encrypted with { BytesStored = encrypted.BytesAdded / 2 }, compresses: true)
            .ShouldNotContain(f => f.Measure == AnomalyMeasure.Entropy);
        AnomalyRules.Find(office, encrypted with { BytesAdded = 12 * MiB, BytesStored = 12 * MiB }, compresses: true)
            .ShouldNotContain(f => f.Measure == AnomalyMeasure.Entropy, "a single film is no attack");
    }

    [Fact]
    public void Nine_runs_are_no_history()
    {
        var usual = Plans["a mail server"](new Random(1)).Take(10).ToList();
        var odd = usual[0] with { FilesChanged = usual[0].FilesTotal };

        AnomalyRules.Find([.. usual.Take(9)], odd, compresses: true).ShouldBeEmpty();
        AnomalyRules.Find(usual, odd, compresses: true).ShouldNotBeEmpty();
    }

    [Fact]
    public void One_sentence_says_what_was_unusual_and_what_is_usual()
    {
        var usual = Enumerable.Range(0, 12)
            .Select(i => new RunFigures(2, 29 + (i % 3), 0, 10_000, 5 * GiB, 3 * MiB, 2 * MiB, 60)).ToList();

        AnomalyRules.Find(usual, usual[0] with { FilesChanged = 4210 }, compresses: true)
            .ShouldHaveSingleItem().Text.Full.ShouldBe("4,210 files were changed; usually about 30.");
        AnomalyRules.Find(usual, usual[0] with { FilesRemoved = 4210 }, compresses: true)
            .ShouldHaveSingleItem().Text.Full.ShouldBe("4,210 files were removed; usually none.");
        AnomalyRules.Find(usual, usual[0] with { Seconds = 3600 }, compresses: true)
            .ShouldHaveSingleItem().Text.Full.ShouldBe("It took 60 minutes; usually about 60 seconds.");
        AnomalyRules.Find(usual, usual[0] with { BytesTotal = 11 * GiB }, compresses: true)
            .ShouldHaveSingleItem().Text.Full.ShouldBe("It holds 11 GiB; the backup before held 5 GiB.");
        AnomalyRules.Find(usual, usual[0] with { Seconds = 2 * 3600 }, compresses: true)
            .ShouldHaveSingleItem().Text.Full.ShouldBe("It took 2 hours; usually about 60 seconds.");
    }

    [Fact]
    public void A_history_without_any_noise_alarms_for_what_matters_only()
    {
        var same = Enumerable.Repeat(new RunFigures(0, 0, 0, 10_000, GiB, 0, 0, 30), 30).ToList();

        AnomalyRules.Find(same, same[0] with { FilesChanged = 40, FilesNew = 3, BytesTotal = GiB + MiB, Seconds = 290 },
            compresses: true).ShouldBeEmpty();
        AnomalyRules.Find(same, same[0] with { FilesChanged = 900 }, compresses: true).ShouldHaveSingleItem();
    }

    [Fact]
    public void One_odd_day_does_not_blind_for_the_next()
    {
        var usual = Enumerable.Repeat(new RunFigures(2, 30, 0, 10_000, GiB, 0, 0, 30), 29)
            .Prepend(new RunFigures(2, 9000, 0, 10_000, GiB, 0, 0, 30)).ToList();

        AnomalyRules.Find(usual, usual[1] with { FilesChanged = 8000 }, compresses: true)
            .ShouldHaveSingleItem().Measure.ShouldBe(AnomalyMeasure.FilesChanged);
    }

    [Fact]
    public void Removed_files_are_what_was_there_and_is_not_any_more()
    {
        var result = new RunResult { FilesNew = 10, FilesChanged = 5, FilesUnmodified = 80, FilesTotal = 95 };

        RunFigures.Of(BackupMode.Incremental, result, TimeSpan.Zero, before: 100).FilesRemoved.ShouldBe(15);
        RunFigures.Of(BackupMode.Full, result with { FilesNew = 95 }, TimeSpan.Zero,
            before: 100).FilesRemoved.ShouldBe(5, "a full run calls every file new");
        RunFigures.Of(BackupMode.Incremental, result, TimeSpan.Zero, before: null).FilesRemoved.ShouldBe(0);
    }

    private static void AlwaysFinds(string life, AnomalyMeasure measure, Func<RunFigures, RunFigures> terrible)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var history = Plans[life](new Random(seed)).Take(90).Reverse().ToList();
            AnomalyRules.Find(history, terrible(history[0]), compresses: true).Select(f => f.Measure)
                .ShouldContain(measure, $"{life}, seed {seed}");
        }
    }

    // Log-normal: most days are alike, and some are ten times that.
    private static double Wild(Random r, double median, double spread = 0.7) =>
        median * Math.Exp(spread * Math.Sqrt(-2 * Math.Log(1 - r.NextDouble())) * Math.Cos(2 * Math.PI * r.NextDouble()));

    private static RunFigures Run(Random r, double files, double changed, double added, double removed, double bytes,
        double newBytes, double ratio, double seconds) =>
        new((long)added, (long)Math.Min(changed, files / 2), (long)removed, (long)files, (long)bytes, (long)newBytes,
            (long)(newBytes * Math.Clamp(ratio + (0.08 * (r.NextDouble() - 0.5)), 0.05, 1)), Wild(r, seconds, 0.3));

    private static IEnumerable<RunFigures> Office(Random r, int perDay)
    {
        var (files, bytes) = (8_000.0, 6.0 * GiB);
        for (var i = 0; ; i++)
        {
            var (day, hour) = (i / perDay % 7, i % perDay);
            var busy = day < 5 && (perDay == 1 || hour is > 7 and < 19) ? perDay == 1 ? 1.0 : 0.15 : 0.0;
            var (changed, added, removed) = (busy * Wild(r, 60), busy * Wild(r, 25), busy * Wild(r, 8));
            (files, bytes) = (files + added - removed, bytes + (added * 400_000) - (removed * 200_000));
            yield return Run(r, files, changed, added, removed, bytes, (changed + added) * 300_000, 0.55, 40);
        }
    }

    private static IEnumerable<RunFigures> Home(Random r)
    {
        var (files, bytes) = (40_000.0, 120.0 * GiB);
        for (var i = 0; ; i++)
        {
            var photos = r.NextDouble() < 0.08 ? Wild(r, 150, 0.8) : 0;
            var (changed, removed) = (Wild(r, 15), r.NextDouble() < 0.3 ? Wild(r, 6) : 0);
            (files, bytes) = (files + photos - removed, bytes + (photos * 5e6));
            yield return Run(r, files, changed, photos, removed, bytes, (photos * 5e6) + (changed * 200_000),
                photos > 0 ? 0.98 : 0.6, 120);
        }
    }

    private static IEnumerable<RunFigures> Dump(Random r)
    {
        for (var bytes = 900.0 * MiB; ; bytes *= 1 + (0.004 * r.NextDouble()))
        {
            yield return Run(r, 24, 12 + r.Next(12), 0, 0, bytes, bytes * 0.3, 0.3, 90);
        }
    }

    private static IEnumerable<RunFigures> Mail(Random r)
    {
        var (files, bytes) = (300_000.0, 40.0 * GiB);
        for (var i = 0; ; i++)
        {
            var (added, removed) = (Wild(r, 1200, 0.5), Wild(r, 900, 0.5));
            (files, bytes) = (files + added - removed, bytes + ((added - removed) * 90_000));
            yield return Run(r, files, Wild(r, 300), added, removed, bytes, added * 90_000, 0.7, 300);
        }
    }

    private static IEnumerable<RunFigures> Still(Random r)
    {
        while (true)
        {
            yield return Run(r, 1500, r.NextDouble() < 0.05 ? 1 + r.Next(20) : 0,
                r.NextDouble() < 0.03 ? 1 + r.Next(15) : 0, 0, 2.0 * GiB, 0, 0.5, 20);
        }
    }
}
