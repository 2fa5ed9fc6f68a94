using System.Reflection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Anomalies;
using TimeLocker.Core.Audit;
using TimeLocker.Core.Backups;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Retention;
using TimeLocker.Core.Revisions;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Schedules;
using TimeLocker.Core.Snapshots;
using TimeLocker.Core.Triggers;

namespace TimeLocker.Server.Data;

/// <summary>All state, one SQLite file. Read through the factory; changed through <c>AuditLog.ChangeAsync</c>.</summary>
public sealed class TimeLockerDb(DbContextOptions<TimeLockerDb> options) : IdentityUserContext<User>(options)
{
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<SealedSecret> Secrets => Set<SealedSecret>();
    public DbSet<ApiToken> Tokens => Set<ApiToken>();
    public DbSet<Machine> Machines => Set<Machine>();
    public DbSet<Repository> Repositories => Set<Repository>();
    public DbSet<RepositoryReach> RepositoryReach => Set<RepositoryReach>();
    public DbSet<RepositoryDay> RepositoryDays => Set<RepositoryDay>();
    public DbSet<BackupPlan> Plans => Set<BackupPlan>();
    public DbSet<PlanDay> PlanDays => Set<PlanDay>();
    public DbSet<Run> Runs => Set<Run>();
    public DbSet<RunIssueRow> RunIssues => Set<RunIssueRow>();
    public DbSet<NamedPolicy> Policies => Set<NamedPolicy>();
    public DbSet<Pin> Pins => Set<Pin>();
    public DbSet<PendingRemoval> PendingRemovals => Set<PendingRemoval>();
    public DbSet<Anomaly> Anomalies => Set<Anomaly>();
    public DbSet<Notice> Notices => Set<Notice>();
    public DbSet<Channel> Channels => Set<Channel>();
    public DbSet<NoticeRule> NoticeRules => Set<NoticeRule>();
    public DbSet<OutboxItem> Outbox => Set<OutboxItem>();
    public DbSet<Snapshot> Snapshots => Set<Snapshot>();
    public DbSet<RevisionRow> Revisions => Set<RevisionRow>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<AuditEdge> AuditEdges => Set<AuditEdge>();

    /// <summary>Before SQL looks into a list: it would throw at one that is damaged, and hide all others.</summary>
    internal static bool IsList(List<string> column) => throw new NotSupportedException($"{nameof(IsList)} is asked in SQL alone.");

    // Passkeys have their table from the first day.
    protected override Version SchemaVersion => IdentitySchemaVersions.Version3;

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Conventions.Add(services =>
            new ReadableLists(services.GetRequiredService<ProviderConventionSetBuilderDependencies>()));
        conventions.Properties<DateTimeOffset>().HaveConversion<InstantConverter>();
        conventions.Properties<Guid>().HaveConversion<IdConverter>();
        conventions.Properties<DateOnly>().HaveConversion<DayConverter>();
        conventions.Properties<Text>().HaveConversion<TextConverter>();
        conventions.Properties<Problem>().HaveConversion<JsonConverter<Problem>>();
        conventions.Properties<RunProgress>().HaveConversion<JsonConverter<RunProgress>>();
        conventions.Properties<RunResult>().HaveConversion<JsonConverter<RunResult>>();
        conventions.Properties<RunRequest>().HaveConversion<JsonConverter<RunRequest>>();
        conventions.Properties<MaintenanceRecord>().HaveConversion<JsonConverter<MaintenanceRecord>>();
        conventions.Properties<ResourceRules>().HaveConversion<JsonConverter<ResourceRules>>();
        conventions.Properties<Dictionary<string, string>>().HaveConversion<JsonConverter<Dictionary<string, string>>,
            JsonComparer<Dictionary<string, string>>>();
        Json<BackupOptions>(conventions);
        Json<SystemTimer>(conventions);
        Json<RetentionPolicy>(conventions);
        Json<CopyRetention>(conventions);
        Json<List<Schedule>>(conventions);
        Json<List<PlanTrigger>>(conventions);
        Json<List<MaintenanceSchedule>>(conventions);
        Json<List<TimeWindow>>(conventions);
        Json<List<NoticeEvent>>(conventions);
        foreach (var word in (Type[])[typeof(Role), typeof(RunKind), typeof(RunState), typeof(RunOutcome),
            typeof(RunCause), typeof(NoticeEvent), typeof(NoticeLevel), typeof(DigestRhythm), typeof(AnomalyMeasure),
                typeof(TokenScope)])
        {
            conventions.Properties(word).HaveConversion(typeof(WordConverter<>).MakeGenericType(word));
        }
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        model.HasDbFunction(typeof(TimeLockerDb).GetMethod(nameof(IsList),
            BindingFlags.NonPublic | BindingFlags.Static)!).HasName("json_valid").IsBuiltIn();
        model.Entity<Setting>().HasKey(s => s.Name);
        model.Entity<Machine>().Property(m => m.Cap).HasDefaultValue(Machine.UsualCap);
        model.Entity<SealedSecret>().HasKey(s => new { s.Owner, s.Field });
        model.Entity<ApiToken>().HasIndex(t => t.Hash).IsUnique();
        model.Entity<Repository>(repository =>
        {
            repository.Ignore(r => r.HomeId);
            repository.HasIndex(r => r.Name).IsUnique();
            repository.HasMany(r => r.Machines).WithOne().HasForeignKey(m => m.RepositoryId);
            repository.Navigation(r => r.Machines).AutoInclude();
        });
        model.Entity<RepositoryReach>(reach =>
        {
            reach.HasKey(m => new { m.RepositoryId, m.MachineId });
            reach.HasOne<Machine>().WithMany().HasForeignKey(m => m.MachineId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<RepositoryDay>(day =>
        {
            day.HasKey(d => new { d.RepositoryId, d.Day });
            day.HasOne<Repository>().WithMany().HasForeignKey(d => d.RepositoryId);
        });
        model.Entity<BackupPlan>(plan =>
        {
            plan.Ignore(p => p.OnOneDisk);
            plan.HasOne<Repository>().WithMany().HasForeignKey(p => p.RepositoryId).OnDelete(DeleteBehavior.Restrict);
            plan.HasOne<Machine>().WithMany().HasForeignKey(p => p.MachineId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<NoticeRule>().ToTable("NotificationRules");
        model.Entity<PlanDay>().HasKey(d => new { d.PlanId, d.Day });
        model.Entity<Run>(run =>
        {
            run.Ignore(r => r.Issues);
            run.Ignore(r => r.HasEnded);
            run.Property(r => r.Checks).HasConversion<JsonConverter<IReadOnlyList<RunCheck>>>();
            run.HasIndex(r => new { r.QueuedAt, r.Id });
            run.HasIndex(r => new { r.PlanId, r.QueuedAt, r.Id });
            run.HasIndex(r => new { r.PlanId, r.Slot }).IsUnique().HasFilter("\"Slot\" IS NOT NULL AND \"PlanId\" IS NOT NULL");
            run.HasIndex(r => new { r.RepositoryId, r.QueuedAt, r.Id });
            run.HasIndex(r => new { r.Outcome, r.QueuedAt, r.Id });
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
        model.Entity<RevisionRow>().HasKey(r => new { r.Thing, r.Revision });
        foreach (var type in model.Model.GetEntityTypes().Select(t => t.ClrType)
            .Where(t => t.IsAssignableTo(typeof(IRevised))).ToList())
        {
            model.Entity(type).Property(nameof(IRevised.Revision)).HasDefaultValue(1);
        }

        foreach (var property in model.Model.GetEntityTypes().SelectMany(t => t.GetProperties()).ToList())
        {
            if (property.PropertyInfo?.GetCustomAttribute<StoredAsAttribute>() is { } stored)
            {
                property.SetColumnName(stored.Name);
            }
        }

        Audit(model);
        Retention(model);
        NoticeModel(model);
    }

    private static void Json<T>(ModelConfigurationBuilder conventions) where T : class =>
        conventions.Properties<T>().HaveConversion<JsonConverter<T>, JsonComparer<T>>();

    private static void Retention(ModelBuilder model)
    {
        model.Entity<NamedPolicy>().HasIndex(p => p.Name).IsUnique();
        model.Entity<Pin>(pin =>
        {
            pin.HasIndex(p => new { p.RepositoryId, p.Snapshot });
            pin.HasOne<Repository>().WithMany().HasForeignKey(p => p.RepositoryId);
        });
        model.Entity<PendingRemoval>(pending =>
        {
            pending.HasKey(p => new { p.RepositoryId, p.Snapshot });
            pending.HasIndex(p => p.RemoveAfter);
            pending.HasOne<Repository>().WithMany().HasForeignKey(p => p.RepositoryId);
        });
        model.Entity<Anomaly>(anomaly =>
        {
            anomaly.HasIndex(a => new { a.PlanId, a.Id });
            anomaly.HasIndex(a => a.AnsweredAt);
        });
    }

    private static void NoticeModel(ModelBuilder model)
    {
        model.Entity<Notice>().HasIndex(n => n.Key).IsUnique();
        model.Entity<Channel>().HasIndex(c => c.Name).IsUnique();
        model.Entity<NoticeRule>().HasOne<Channel>().WithMany().HasForeignKey(r => r.ChannelId);
        model.Entity<OutboxItem>(item =>
        {
            item.HasIndex(i => new { i.NoticeId, i.ChannelId }).IsUnique();
            item.HasIndex(i => i.NotBefore).HasFilter("\"SentAt\" IS NULL AND \"GivenUpAt\" IS NULL");
            item.HasOne<Notice>().WithMany().HasForeignKey(i => i.NoticeId);
            item.HasOne<Channel>().WithMany().HasForeignKey(i => i.ChannelId);
        });
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
                entry.Property<string?>(column)
                    .HasComputedColumnSql($"json_extract(\"Body\", '$.{column.ToLowerInvariant()}')", stored: false);
            }

            entry.HasIndex("Kind");
            entry.HasIndex("Obj");
        });
    }
}
