using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Kit;
using TimeLocker.Server.Runs;
using TimeLocker.Tests.Server.Kit;
using Xunit;

namespace TimeLocker.Tests.Server.Runs;

public class ProgressTests : PageContext
{
    public ProgressTests() => SetRendererInfo(new("Server", isInteractive: true));

    private static Run Running(RunProgress progress)
    {
        var run = new Run
        {
            Id = Guid.CreateVersion7(),
            Kind = RunKind.Backup,
            Cause = RunCause.Person,
            RepositoryId = Guid.NewGuid(),
            MachineId = Guid.NewGuid(),
            Title = Text.Verbatim("Documents"),
            RequestedBy = "u_1",
            Request = new BackupRequest(BackupMode.Incremental, []),
            QueuedAt = Noon.AddMinutes(-3),
        };
        run.Apply(new RunStarted("restic backup", "0.19.1") { At = Noon.AddMinutes(-2) });
        run.Apply(new RunProgressed(progress) { At = Noon });
        return run;
    }

    [Fact]
    public void While_restic_counts_there_is_no_percentage_and_the_bar_says_so()
    {
        var card = Render<ProgressCard>(p => p.Add(c => c.Run, Running(new() { FilesDone = 12 })));

        card.Find(".percent").TextContent.ShouldBe("Counting…");
        card.Find("[role=progressbar]").HasAttribute("aria-valuenow").ShouldBeFalse();
    }

    [Fact]
    public void Files_bytes_rate_and_time_left_are_shown()
    {
        var card = Render<ProgressCard>(p => p.Add(c => c.Run, Running(new()
        {
            Fraction = 0.427,
            FilesDone = 1200,
            FilesTotal = 3000,
            BytesDone = 5L << 30,
            BytesTotal = 12L << 30,
            BytesPerSecond = 80 << 20,
            SecondsRemaining = 90,
            CurrentFiles = ["/home/me/a\nb.txt"],
        })));

        card.Find(".percent").TextContent.ShouldBe("42.7 %");
        card.Find("[role=progressbar]").GetAttribute("aria-valuenow").ShouldBe("42");
        card.Markup.ShouldContain("5.00 GiB");
        card.Markup.ShouldContain("80.0 MiB");
        card.Markup.ShouldContain("about 1 min 30 s left");
        card.Markup.ShouldContain("2 min 0 s so far");
        card.Find(".current").TextContent.ShouldContain("a␊b.txt");
    }

    [Fact]
    public void A_card_shows_the_live_run_of_the_feed_rather_than_the_copy_it_was_given()
    {
        var run = Running(new() { Fraction = 0.1 });
        var copy = new Run
        {
            Id = run.Id,
            Kind = run.Kind,
            Cause = run.Cause,
            RepositoryId = run.RepositoryId,
            MachineId = run.MachineId,
            Title = run.Title,
            RequestedBy = run.RequestedBy,
            Request = run.Request,
            QueuedAt = run.QueuedAt,
        };
        Services.GetRequiredService<RunFeed>().Publish(run);

        Render<ProgressCard>(p => p.Add(c => c.Run, copy)).Find(".percent").TextContent.ShouldBe("10.0 %");
    }

    [Theory]
    [InlineData(0, "0 B", "0 B")]
    [InlineData(1023, "1023 B", "1023 B")]
    [InlineData(1024, "1.00 KiB", "1.000 KiB")]
    [InlineData(1_625_292_800, "1.51 GiB", "1.514 GiB")]
    public void Sizes_are_binary(long bytes, string calm, string exact)
    {
        Sizes.Bytes(bytes).ShouldBe(calm);
        Sizes.Exact(bytes).ShouldBe(exact);
    }
}
