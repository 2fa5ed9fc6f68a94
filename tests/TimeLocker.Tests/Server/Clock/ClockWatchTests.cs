using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Clock;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Clock;

/// <summary>
/// A clock that jumps by more than a day is doubted until an Admin trusts it; sleep, days off and small corrections are
/// not.
/// </summary>
public sealed class ClockWatchTests : IAsyncLifetime
{
    private ClockRig rig = null!;

    private ClockWatch Watch => rig.Get<ClockWatch>();

    public async Task InitializeAsync()
    {
        rig = await ClockRig.StartAsync(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await Watch.NoteAsync(default);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task Days_of_sleep_and_an_hour_of_correction_are_no_reason()
    {
        rig.Clock.Jump(TimeSpan.FromDays(5)); // the kernel counted them, too
        await Watch.NoteAsync(default);
        Set(TimeSpan.FromHours(-1));
        await Watch.NoteAsync(default);
        Set(TimeSpan.FromHours(23));
        await Watch.NoteAsync(default);
        Watch.Doubt.ShouldBeNull();
    }

    [Theory]
    [InlineData(25, "jumped forward by 25 hours")]
    [InlineData(-25, "was put back by 25 hours")]
    [InlineData(24 * 400, "jumped forward by 400 days")]
    public async Task A_jump_of_more_than_a_day_stops_what_removes_until_an_admin_has_looked(int hours, string words)
    {
        var place = await rig.RepositoryAsync("place");
        Set(TimeSpan.FromHours(hours));
        await Watch.NoteAsync(default);
        Watch.Doubt.ShouldNotBeNull().Why.Full.ShouldContain(words);
        (await Should.ThrowAsync<ProblemException>(() => rig.Get<PruneRuns>().StartAsync(place.Id, new(),
            DeskRig.Admin))).Kind.ShouldBe(ProblemKind.Conflict);
        await rig.Get<PruneRuns>().StartAsync(place.Id, new() { DryRun = true }, DeskRig.Admin);

        await rig.DownAsync(TimeSpan.FromMinutes(1));
        Watch.Doubt.ShouldNotBeNull().Why.Full.ShouldContain(words);
        (await Should.ThrowAsync<ProblemException>(() => Watch.TrustAsync(DeskRig.Actor(Role.Operator)))).Kind.ShouldBe(
            ProblemKind.Forbidden);
        (await Watch.TrustAsync(DeskRig.Admin)).Doubt.ShouldBeNull();
        await Watch.NoteAsync(default);
        Watch.Doubt.ShouldBeNull();
        await rig.DownAsync(TimeSpan.FromMinutes(1));
        Watch.Doubt.ShouldBeNull();

        await rig.Get<PruneRuns>().StartAsync(place.Id, new(), DeskRig.Admin);
        await using var db = await rig.DatabaseAsync();
        (await db.AuditEntries.OrderBy(e => e.Seq).Select(e => EF.Property<string>(e, "Kind"))
            .Where(k => k.StartsWith("clock.")).ToListAsync()).ShouldBe(["clock.doubted", "clock.trusted"]);
    }

    [Theory]
    [InlineData(-2, true)] // an empty battery: the clock is in the past
    [InlineData(10, false)] // a holiday
    [InlineData(60, true)] // off so long, or wrong? A person knows
    public async Task Across_a_boot_only_the_last_note_is_left_to_compare_with(int days, bool doubted)
    {
        (rig.Boot, rig.Booted) = ("boot-2", rig.Clock.GetUtcNow().AddDays(days).AddMinutes(-1));
        await rig.CloseAsync();
        rig.Clock.Jump(TimeSpan.FromDays(days));
        await rig.OpenAsync();
        await Watch.NoteAsync(default);
        (Watch.Doubt is not null).ShouldBe(doubted);
    }

    // Only the wall clock moves; the kernel's does not.
    private void Set(TimeSpan by)
    {
        rig.Clock.Jump(by);
        rig.Booted += by;
    }
}
