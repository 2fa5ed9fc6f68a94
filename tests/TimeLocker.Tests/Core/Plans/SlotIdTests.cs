using Shouldly;
using TimeLocker.Core.Plans;
using Xunit;

namespace TimeLocker.Tests.Core.Plans;

public sealed class SlotIdTests
{
    private static readonly Guid Plan = new("0197f3c2-1b3a-7c5e-9d2f-4a6b8c0d1e2f");
    private static readonly DateTimeOffset Noon = new(2026, 5, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Whoever_decides_a_slot_gives_its_run_the_same_id_in_whatever_zone_it_is_said()
    {
        SlotId.Of(Plan, Noon).ShouldBe(new Guid("019e4541-ca00-7520-9c8e-6904b99496a4"));
        SlotId.Of(Plan, Noon.ToOffset(TimeSpan.FromHours(2))).ShouldBe(SlotId.Of(Plan, Noon));
    }

    [Fact]
    public void Each_plan_and_slot_has_its_own()
    {
        Guid[] ids = [SlotId.Of(Plan, Noon), SlotId.Of(Plan, Noon.AddMinutes(1)), SlotId.Of(Guid.NewGuid(), Noon)];
        ids.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void They_sort_by_time_among_all_others()
    {
        SlotId.Of(Plan, Noon).Version.ShouldBe(7);
        Guid[] ids = [Guid.CreateVersion7(Noon.AddMinutes(-1)), SlotId.Of(Plan, Noon), Guid.CreateVersion7(Noon.AddMinutes(1))];
        ids.Order().ShouldBe(ids);
    }
}
