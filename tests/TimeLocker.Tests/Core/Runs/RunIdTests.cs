using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Schedules;
using Xunit;

namespace TimeLocker.Tests.Core.Runs;

/// <summary>Whoever means the same run names it the same: the server, a second one, a machine that was away.</summary>
public sealed class RunIdTests
{
    private static readonly Guid Thing = new("0197f3c2-1b3a-7c5e-9d2f-4a6b8c0d1e2f");
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly MaintenanceSchedule Check = new(RunKind.Check, new Schedule("0 12 * * *", "UTC"));

    [Fact]
    public void A_slot_has_one_id_for_ever_in_whatever_zone_it_is_said()
    {
        RunId.OfSlot(Thing, Noon).ShouldBe(new Guid("c41778c9-f9ce-860f-9685-4e50c5e0bfcd"));
        RunId.OfSlot(Thing, Noon.ToOffset(TimeSpan.FromHours(2))).ShouldBe(RunId.OfSlot(Thing, Noon));
        RunId.OfSlot(Check, Thing, Noon).ShouldBe(new Guid("cd95462f-a209-84b6-b571-0348b4619f45"));
        RunId.OfTryAfter(Thing).ShouldBe(new Guid("07f12b31-1814-81dd-a935-d172a2a73522"));
    }

    [Fact]
    public void Each_plan_each_slot_each_maintenance_and_each_try_has_its_own()
    {
        var first = RunId.OfSlot(Thing, Noon);
        var prune = Check with { Kind = RunKind.Prune };
        Guid[] ids =
        [
            first, RunId.OfTryAfter(first), RunId.OfTryAfter(RunId.OfTryAfter(first)),
            RunId.OfSlot(Thing, Noon.AddMinutes(1)), RunId.OfSlot(Guid.NewGuid(), Noon),
            RunId.OfSlot(Check, Thing, Noon), RunId.OfSlot(Check, Thing, Noon.AddMinutes(1)),
                RunId.OfSlot(Check, Guid.NewGuid(), Noon),
            RunId.OfSlot(Check with { Depth = CheckDepth.Full }, Thing, Noon), RunId.OfSlot(prune, Thing, Noon),
            RunId.OfSlot(prune with { MaxUnused = 0 }, Thing, Noon), RunId.OfSlot(prune with { MaxRepackMiB = 0 }, Thing, Noon),
        ];
        ids.Distinct().Count().ShouldBe(ids.Length);
        ids.ShouldAllBe(id => id.Version == 8 && (id.Variant & 0b1100) == 0b1000);
    }

    [Fact]
    public void An_hour_that_the_clock_shows_twice_has_two_slots()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var (summer, winter) = (new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 10, 25, 1, 30, 0, TimeSpan.Zero));

        TimeZoneInfo.ConvertTime(summer, berlin).DateTime.ShouldBe(TimeZoneInfo.ConvertTime(winter, berlin).DateTime);
        RunId.OfSlot(Thing, summer).ShouldNotBe(RunId.OfSlot(Thing, winter));
    }
}
