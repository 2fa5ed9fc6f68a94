using Shouldly;
using TimeLocker.Agent.Journal;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>However much a program says, so much is read of it and so much kept.</summary>
public sealed class TailedFileTests : IAsyncLifetime
{
    private const long Flood = 256L << 20;

    private readonly AgentRig rig = new(script: "");
    private long read;
    private string last = "";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(4 << 20)]
    public void Of_a_flood_the_head_and_the_tail_are_read_and_the_rest_is_given_back(int keep)
    {
        var file = Flooded(Flood);
        using var tail = new TailedFile(file, new LineSplitter(Take), keep, most: 16 << 20);

        tail.Read().ShouldBeTrue();
        read.ShouldBeLessThanOrEqualTo(TailedFile.Look, "one look is short");
        while (tail.Read())
        {
        }

        (read + tail.LeftOut).ShouldBeInRange(Flood - (1 << 20), Flood + (1 << 20));
        read.ShouldBeLessThan(24 << 20);
        last.ShouldBe("the last word");
        OnDisk(file).ShouldBeLessThan(keep + (4 << 20));
    }

    [Fact]
    public void Who_is_in_a_hurry_reads_what_was_said_last()
    {
        var file = Flooded(16 << 20);
        using var tail = new TailedFile(file, new LineSplitter(Take), keep: 0);
        tail.Read();
        var before = read;

        while (tail.Read(hurry: true))
        {
        }

        (read - before).ShouldBeLessThan(2 * TailedFile.Tail);
        last.ShouldBe("the last word");
    }

    [Fact]
    public void Nothing_is_left_out_where_reading_keeps_up()
    {
        var file = Flooded(12 << 20);
        using var tail = new TailedFile(file, new LineSplitter(Take), keep: 0);

        while (tail.Read())
        {
        }

        (tail.LeftOut, last).ShouldBe((0, "the last word"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_run_whose_restic_floods_is_cancelled_and_its_folder_stays_small(int stream)
    {
        var target = await rig.CreateRepositoryAsync();
        rig.StandIn($"""case "$*" in *files-from*) while :; do head -c 33554432 /dev/zero | tr '\\0' 'x' | fold -w 99 >&{stream}; touch {rig.In("begun")}; done;; esac; exit 1 """);
        rig.Restart();
        var spec = rig.Backup(target, rig.Write("data/file"));
        var going = rig.RunAsync(spec);
        await AgentRig.UntilAsync(() => File.Exists(rig.In("begun")));

        await rig.Agent.StopAsync(spec.RunId, default);

        (await going).Outcome.ShouldBe(RunOutcome.Cancelled);
        Directory.EnumerateFiles(rig.In("state", "runs", spec.RunId.ToString("N"))).Sum(f => new FileInfo(f).Length)
            .ShouldBeLessThan(2 << 20);
    }

    private void Take(ReadOnlySpan<byte> line) =>
        (read, last) = (read + line.Length + 1, System.Text.Encoding.UTF8.GetString(line));

    private string Flooded(long bytes)
    {
        var file = rig.Write("flood");
        var block = new byte[1 << 20];
        block.AsSpan().Fill((byte)'x');
        for (var at = 99; at < block.Length; at += 100)
        {
            block[at] = (byte)'\n';
        }

        using var stream = File.OpenWrite(file);
        while (stream.Length < bytes)
        {
            stream.Write(block);
        }

        stream.Write("\nthe last word\n"u8);
        return file;
    }

    private static long OnDisk(string file)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat",
            ["-c", "%b", file])
        { RedirectStandardOutput = true })!;
        return long.Parse(stat.StandardOutput.ReadToEnd(), null) * 512;
    }
}
