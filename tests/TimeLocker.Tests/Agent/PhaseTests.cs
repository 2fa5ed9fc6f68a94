using System.Globalization;
using Shouldly;
using TimeLocker.Agent.Restic;
using TimeLocker.Agent.Runs;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Tests.Doubles;
using Xunit;

namespace TimeLocker.Tests.Agent;

/// <summary>A restic that speaks text: phases, their figures, and what is left if it takes as long as last time.</summary>
public sealed class PhaseTests
{
    [Fact]
    public async Task Each_phase_is_told_with_its_own_percentage()
    {
        await using var rig = new AgentRig(script: "");
        // It goes on when a line was told: how soon that is depends on how busy the machine is.
        rig.StandIn($$"""
            heard() { while [ ! -e {{rig.In("heard")}}$1 ]; do sleep 0.02; done; }
            cat > /dev/null
            echo "using temporary cache in /somewhere"; echo "check snapshots, trees and blobs"; echo "[0:00] 100.00%  2 / 2 snapshots"; heard 1
            echo "read all data"; echo "[0:01] 40.00%  4 / 10 packs"; heard 0.4
            echo "[0:02] 100.00%  10 / 10 packs"; echo "no errors were found"
            """);
        var place = await rig.CreateRepositoryAsync();
        var told = new List<(string? Phase, double? Fraction, string? Note)>();

        var run = await rig.RunAsync(new CheckSpec(CheckDepth.Full, 0)
        {
            RunId = Guid.CreateVersion7(),
            Target = place,
            Expected = TimeSpan.FromHours(1),
        }, now =>
        {
            told.Add((now.Progress.Phase?.Full, now.Progress.Fraction, now.Progress.Note?.Full));
            now.Progress.SecondsRemaining.GetValueOrDefault().ShouldBeLessThanOrEqualTo(3600);
            rig.Write(string.Create(CultureInfo.InvariantCulture, $"heard{now.Progress.Fraction}"));
        });

        run.Outcome.ShouldBe(RunOutcome.Succeeded, run.Problem?.ToString());
        told.ShouldContain(("check snapshots, trees and blobs", 1, "2 / 2 snapshots"));
        told.ShouldContain(("read all data", 0.4, "4 / 10 packs"), "a new phase begins anew");
        (run.Progress.Phase, run.Progress.Note, run.Progress.Fraction).ShouldBe((null, null, 1));
    }

    [Fact]
    public void What_is_left_counts_down_by_the_second_and_is_not_told_once_it_takes_longer()
    {
        var clock = new FakeClock(DateTimeOffset.UnixEpoch);
        var meter = new PhaseMeter(TimeSpan.FromSeconds(10), clock.GetUtcNow(), clock);
        var text = new BoundedLines();

        meter.Next(text, null)!.SecondsRemaining.ShouldBe(10);
        meter.Next(text, null).ShouldBeNull();
        clock.Advance(TimeSpan.FromSeconds(4));
        meter.Next(text, null)!.SecondsRemaining.ShouldBe(6);
        clock.Advance(TimeSpan.FromSeconds(9));
        meter.Next(text, null)!.SecondsRemaining.ShouldBeNull();
    }
}
