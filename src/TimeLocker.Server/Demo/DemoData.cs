using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Core.Secrets;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Data;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Repositories;
using TimeLocker.Server.Secrets;

namespace TimeLocker.Server.Demo;

/// <summary>Fills an empty state with a made-up office and half a year of its backups.</summary>
public static class DemoData
{
    public const string User = "demo";
    public const string Password = "demo-demo-demo";

    /// <summary>Before the server starts: what it finds unfinished it then runs.</summary>
    public static async Task FillAsync(IServiceProvider services, Actor who, CancellationToken ct)
    {
        who.MustBe(Role.Admin);
        var clock = services.GetRequiredService<TimeProvider>();
        var agents = services.GetRequiredService<AgentRegistry>();
        var vault = services.GetRequiredService<SecretVault>();
        var now = clock.GetUtcNow();
        var machines = DemoFleet.Machines(agents.LocalId, now);
        var repositories = DemoFleet.Repositories(machines, now);
        var history = new DemoHistory(now, clock.LocalTimeZone);
        var automation = new DemoAutomation(now, clock.LocalTimeZone, history);
        List<BackupPlan> plans = [];
        foreach (var habit in DemoFleet.Habits)
        {
            var plan = DemoFleet.Plan(habit, machines, repositories, now);
            history.Add(plan, habit, habit.Machine);
            automation.Settle(plan, habit);
            plans.Add(plan);
        }

        history.Runs.AddRange(Waiting(history, plans, now));
        var maintenance = new DemoMaintenance(history, now);
        foreach (var (repository, n) in repositories.Select((r, n) => (r, n)))
        {
            var own = history.Snapshots.Where(s => s.RepositoryId == repository.Id).ToList();
            (repository.SnapshotCount, repository.NewestSnapshotAt) = (own.Count, own.Max(s => s.Time));
            maintenance.Fill(repository, n, own);
            DemoAutomation.Settle(repository, clock.LocalTimeZone, now);
            ((DemoAgent)agents.Reach(agents.LocalId)).Keep(repository.Values["path"], own);
        }

        await services.GetRequiredService<AuditLog>().ChangeAsync(who, "demo.filled", async (db, note) =>
        {
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            var here = machines[0];
            await db.Machines.Where(m => m.Id == here.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.Name, here.Name).SetProperty(m => m.Host, here.Host),
                ct);
            db.AddRange(machines.Skip(1));
            db.AddRange(repositories);
            db.AddRange(plans);
            db.AddRange(automation.Rows(plans));
            db.AddRange(history.Runs);
            db.AddRange(
                history.Runs.SelectMany(r =>
                    r.Issues.Select((issue, n) => new RunIssueRow
                    {
                        RunId = r.Id,
                        Ordinal = n,
                        Path = issue.Path,
                        Message = issue.Message,
                    })));
            db.AddRange(history.Snapshots);
            db.AddRange(history.Days.Values);
            db.AddRange(repositories.SelectMany(maintenance.Growth));
            foreach (var repository in repositories)
            {
                await vault.SaveAsync(db, RepositoryAccess.OwnerOf(repository.Id), RepositoryAccess.PasswordField,
                    RepositoryPassword.Generate());
            }

            // Thousands of rows are written before anything looks for changes among them.
            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
            db.ChangeTracker.AutoDetectChangesEnabled = true;
            note.About("installation", "demo", new { runs = history.Runs.Count, snapshots = history.Snapshots.Count });
        }, ct);
        foreach (var machine in machines)
        {
            agents.Connect(machine.Id, agents.Reach(agents.LocalId));
        }

        await services.GetRequiredService<SetupGate>().CreateFirstAdminAsync(User, new Secret(Password), ct);
    }

    // One is always under way, and one waits behind it for the same repository.
    private static IEnumerable<Run> Waiting(DemoHistory history, List<BackupPlan> plans, DateTimeOffset now) =>
        ((string[])["Media library",
            "Web server"]).Select((name, n) => (Plan: plans.First(p => p.Name == name), At: now.AddSeconds(n - 5)))
                .Select(w => new Run
                {
                    Id = history.At(w.At),
                    Kind = RunKind.Backup,
                    Cause = RunCause.Schedule,
                    PlanId = w.Plan.Id,
                    RepositoryId = w.Plan.RepositoryId,
                    MachineId = w.Plan.MachineId,
                    Title = Text.Verbatim(w.Plan.Name),
                    RequestedBy = Actor.System.Id,
                    Request = new BackupRequest(BackupMode.Incremental, []),
                    QueuedAt = w.At,
                });
}
