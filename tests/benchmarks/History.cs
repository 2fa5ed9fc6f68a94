using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Data;

namespace TimeLocker.Benchmarks;

/// <summary>
/// Years of runs, written into the database of a server that is stopped: one an hour, in turn for each plan, one of a
/// hundred failed.
/// </summary>
internal static class History
{
    public static async Task<Product> WithAsync(Bench bench, int runs)
    {
        var product = await Product.StartedAsync(bench);
        var repository = await product.AddRepositoryAsync("Repository", bench.Path("repository"), create: true);
        List<JsonNode> plans = [];
        for (var i = 1; i <= 3; i++)
        {
            var id = await product.AddPlanAsync($"Plan {i}", repository, Sources.Tiny(bench));
            await product.RunAsync($"/plans/{id}/runs", new { });
            plans.Add(await product.GetAsync($"/plans/{id}"));
        }

        if (runs > 0)
        {
            await product.StopAsync();
            await FillAsync(Path.Combine(product.Data, "timelocker.db"), plans, runs);
            await product.StartAsync();
        }

        return product;
    }

    private static async Task FillAsync(string file, List<JsonNode> plans, int runs)
    {
        await using var db = await DataSetup.Factory(file).CreateDbContextAsync();
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        var now = TimeProvider.System.GetUtcNow();
        var days = await db.PlanDays.ToDictionaryAsync(d => (d.PlanId, d.Day));
        for (var i = 1; i <= runs; i++)
        {
            var run = Ended(plans[i % plans.Count], now.AddHours(-i), failed: i % 100 == 0);
            db.Runs.Add(run);
            var key = (PlanId: run.PlanId!.Value, Day: DateOnly.FromDateTime(run.QueuedAt.UtcDateTime));
            if (!days.TryGetValue(key, out var day))
            {
                db.PlanDays.Add(days[key] = day = new PlanDay { PlanId = key.PlanId, Day = key.Day });
            }

            day.Runs++;
            day.Failed += run.Outcome == RunOutcome.Failed ? 1 : 0;
        }

        db.ChangeTracker.DetectChanges();
        await db.SaveChangesAsync();
    }

    private static Run Ended(JsonNode plan, DateTimeOffset at, bool failed)
    {
        var run = new Run
        {
            Id = Guid.CreateVersion7(at),
            Kind = RunKind.Backup,
            Cause = RunCause.Schedule,
            PlanId = Guid.Parse(plan["id"]!.ToString()),
            RepositoryId = Guid.Parse(plan["repositoryId"]!.ToString()),
            MachineId = Guid.Parse(plan["machineId"]!.ToString()),
            Title = plan["name"]!.ToString(),
            RequestedBy = "system",
            Request = new BackupRequest(BackupMode.Incremental, []),
            QueuedAt = at,
        };
        run.Apply(new RunStarted("restic backup --json --files-from-raw=/state/runs/0/files", "0.19.1") { At = at, Sequence = 1 });
        var result = new RunResult
        {
            FilesNew = 12,
            FilesUnmodified = 49_988,
            FilesTotal = 50_000,
            BytesTotal = 1L << 30,
            BytesAdded = 1 << 20,
            BytesStored = 1 << 19,
        };
        run.Apply(new RunEnded(failed ? RunOutcome.Failed : RunOutcome.Succeeded,
            failed ? null : Convert.ToHexStringLower(Guid.NewGuid().ToByteArray()), result,
            null) { At = at.AddMinutes(2), Sequence = 2 });
        return run;
    }
}
