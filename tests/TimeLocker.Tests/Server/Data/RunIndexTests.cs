using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Data;
using Xunit;

namespace TimeLocker.Tests.Server.Data;

/// <summary>A page of runs costs what a page costs, however many runs there were.</summary>
public sealed class RunIndexTests : IAsyncLifetime
{
    private static readonly Guid Some = new("0199c0de-0000-7000-8000-000000000001");

    private readonly StateRig rig = new();
    private TimeLockerDb db = null!;

    public async Task InitializeAsync()
    {
        await rig.OpenAsync();
        db = await rig.DatabaseAsync();
    }

    public async Task DisposeAsync()
    {
        await db.DisposeAsync();
        rig.Dispose();
    }

    [Fact]
    public Task All() => UsesAsync(db.Runs, "IX_Runs_QueuedAt_Id");

    [Fact]
    public Task Those_of_a_plan() => UsesAsync(db.Runs.Where(r => r.PlanId == Some), "IX_Runs_PlanId_QueuedAt_Id");

    [Fact]
    public Task Those_of_a_repository() =>
        UsesAsync(db.Runs.Where(r => r.RepositoryId == Some), "IX_Runs_RepositoryId_QueuedAt_Id");

    [Fact]
    public Task Those_with_an_outcome() =>
        UsesAsync(db.Runs.Where(r => r.Outcome == RunOutcome.Failed), "IX_Runs_Outcome_QueuedAt_Id");

    // Searched (not scanned) from a page's bound on, and never sorted.
    private async Task UsesAsync(IQueryable<Run> runs, string index)
    {
        foreach (var (part, how) in ((IQueryable<Run>, string)[])[(runs, ""),
            (runs.Before(new DateTimeOffset(2026, 5, 20, 0, 0, 0, TimeSpan.Zero), Some), "QueuedAt<")])
        {
            var plan = await PlanAsync(part.NewestFirst().Take(51));
            var step = plan.ShouldHaveSingleItem();
            step.ShouldContain(index);
            step.ShouldContain(how);
        }
    }

    private async Task<IReadOnlyList<string>> PlanAsync(IQueryable<Run> runs)
    {
        await using var command = runs.CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        await db.Database.OpenConnectionAsync();
        await using var rows = await command.ExecuteReaderAsync();
        List<string> steps = [];
        while (await rows.ReadAsync())
        {
            steps.Add(rows.GetString(rows.GetOrdinal("detail")));
        }

        return steps;
    }
}
