using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Audit;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Snapshots;

namespace TimeLocker.Server.Data;

/// <summary>All state, one SQLite file. Read through the factory; changed through <c>AuditLog.ChangeAsync</c>.</summary>
public sealed class TimeLockerDb(DbContextOptions<TimeLockerDb> options) : IdentityUserContext<User>(options)
{
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<SealedSecret> Secrets => Set<SealedSecret>();
    public DbSet<ApiToken> Tokens => Set<ApiToken>();
    public DbSet<Machine> Machines => Set<Machine>();
    public DbSet<Repository> Repositories => Set<Repository>();
    public DbSet<RepositoryDay> RepositoryDays => Set<RepositoryDay>();
    public DbSet<BackupPlan> Plans => Set<BackupPlan>();
    public DbSet<PlanDay> PlanDays => Set<PlanDay>();
    public DbSet<Run> Runs => Set<Run>();
    public DbSet<RunIssueRow> RunIssues => Set<RunIssueRow>();
    public DbSet<Snapshot> Snapshots => Set<Snapshot>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<AuditEdge> AuditEdges => Set<AuditEdge>();

    // Passkeys have their table from the first day.
    protected override Version SchemaVersion => IdentitySchemaVersions.Version3;

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<DateTimeOffset>().HaveConversion<InstantConverter>();
        conventions.Properties<Problem>().HaveConversion<JsonConverter<Problem>>();
        conventions.Properties<RunProgress>().HaveConversion<JsonConverter<RunProgress>>();
        conventions.Properties<RunResult>().HaveConversion<JsonConverter<RunResult>>();
        conventions.Properties<RunRequest>().HaveConversion<JsonConverter<RunRequest>>();
        conventions.Properties<RepositoryHealth>().HaveConversion<JsonConverter<RepositoryHealth>>();
        conventions.Properties<ResourceRules>().HaveConversion<JsonConverter<ResourceRules>>();
        conventions.Properties<Dictionary<string, string>>().HaveConversion<JsonConverter<Dictionary<string, string>>, JsonComparer<Dictionary<string, string>>>();
        foreach (var word in (Type[])[typeof(Role), typeof(RunKind), typeof(RunState), typeof(RunOutcome), typeof(RunCause), typeof(Compression)])
        {
            conventions.Properties(word).HaveConversion<string>();
        }
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.Entity<Setting>().HasKey(s => s.Name);
        model.Entity<SealedSecret>().HasKey(s => new { s.Owner, s.Field });
        model.Entity<ApiToken>().HasIndex(t => t.Hash).IsUnique();
        model.Entity<Repository>().HasIndex(r => r.Name).IsUnique();
        model.Entity<RepositoryDay>(day =>
        {
            day.HasKey(d => new { d.RepositoryId, d.Day });
            day.HasOne<Repository>().WithMany().HasForeignKey(d => d.RepositoryId);
        });
        model.Entity<BackupPlan>(plan =>
        {
            plan.HasOne<Repository>().WithMany().HasForeignKey(p => p.RepositoryId).OnDelete(DeleteBehavior.Restrict);
            plan.HasOne<Machine>().WithMany().HasForeignKey(p => p.MachineId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<PlanDay>().HasKey(d => new { d.PlanId, d.Day });
        model.Entity<Run>(run =>
        {
            run.Ignore(r => r.Issues);
            run.Ignore(r => r.HasEnded);
            run.Property(r => r.Checks).HasConversion<JsonConverter<IReadOnlyList<RunCheck>>>();
            run.HasIndex(r => new { r.PlanId, r.Id });
            run.HasIndex(r => new { r.RepositoryId, r.Id });
            run.HasIndex(r => new { r.Outcome, r.Id });
            run.HasIndex(r => r.State).HasFilter("\"State\" <> 'Ended'");
        });
        model.Entity<RunIssueRow>(issue =>
        {
            issue.HasKey(i => new { i.RunId, i.Ordinal });
            issue.HasOne<Run>().WithMany().HasForeignKey(i => i.RunId);
        });
        model.Entity<Snapshot>(snapshot =>
        {
            snapshot.HasKey(s => new { s.RepositoryId, s.Id });
            snapshot.HasIndex(s => new { s.RepositoryId, s.Time });
            snapshot.HasIndex(s => new { s.RepositoryId, s.Host, s.Time });
            snapshot.HasIndex(s => new { s.RepositoryId, s.PlanId, s.Time });
            snapshot.HasOne<Repository>().WithMany().HasForeignKey(s => s.RepositoryId);
        });
        Audit(model);
    }

    // The searchable columns are computed from the body, so they cannot disagree with what is hashed.
    private static void Audit(ModelBuilder model)
    {
        model.Entity<AuditEdge>().Property(e => e.Id).ValueGeneratedNever();
        model.Entity<AuditEntry>(entry =>
        {
            entry.HasKey(e => e.Seq);
            entry.Property(e => e.Seq).ValueGeneratedNever();
            foreach (var column in (string[])["At", "Actor", "Kind", "Obj"])
            {
                entry.Property<string?>(column).HasComputedColumnSql($"json_extract(\"Body\", '$.{column.ToLowerInvariant()}')", stored: false);
            }

            entry.HasIndex("Kind");
            entry.HasIndex("Obj");
        });
    }
}
