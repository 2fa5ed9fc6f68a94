using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Agents;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Runs;

public sealed record RunFilter
{
    public Guid? Plan { get; init; }
    public Guid? Repository { get; init; }
    public RunKind? Kind { get; init; }
    public RunOutcome? Outcome { get; init; }
    public RunState? State { get; init; }
    public DateTimeOffset? Since { get; init; }
    public DateTimeOffset? Until { get; init; }

    /// <summary>The last run of the page before.</summary>
    public Guid? After { get; init; }
    public int Limit { get; init; } = 50;
}

/// <summary>Every run there was, newest first. What is under way is answered from memory.</summary>
public sealed class RunHistory(IDbContextFactory<TimeLockerDb> databases, RunFeed feed, AgentRegistry agents)
{
    public const int LongestPage = 500;

    public async Task<Page<Run>> ListAsync(RunFilter filter, Actor who, CancellationToken ct = default)
    {
        var limit = Math.Clamp(filter.Limit, 1, LongestPage);
        await using var db = await databases.CreateDbContextAsync(ct);
        var part = filter.After is { } after ? await BeforeAsync(db, after, ct) : db.Runs;
        var runs = await Matching(part.AsNoTracking(), filter).NewestFirst().Take(limit + 1).ToListAsync(ct);
        var next = runs.Count > limit ? runs[limit - 1].Id.ToString() : null;
        return new([.. runs.Take(limit).Select(r => (feed.Current(r.Id)?.Copy() ?? r).For(who))], next);
    }

    public async Task<Run> GetAsync(Guid id, Actor who, CancellationToken ct = default) => (await FindAsync(id, ct)).For(who);

    public async Task<IReadOnlyList<RunIssue>> IssuesAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        if (feed.Current(id) is { } live)
        {
            return live.Issues;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.RunIssues.AsNoTracking().Where(i => i.RunId == id).OrderBy(i => i.Ordinal)
            .Select(i => new RunIssue(i.Path, i.Message)).ToListAsync(ct);
    }

    /// <summary>The log as it stands, or null when its machine has none. Names of files are in it: Operators only.</summary>
    public async Task<Stream?> OpenLogAsync(Guid id, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        var run = await FindAsync(id, ct);
        return await agents.Reach(run.MachineId).OpenLogAsync(id, ct);
    }

    private async Task<Run> FindAsync(Guid id, CancellationToken ct)
    {
        if (feed.Current(id) is { } live)
        {
            return live.Copy();
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct)
            ?? throw ProblemException.NotFound(Texts.Run, Texts.SeeActivityPage);
    }

    private static async Task<IQueryable<Run>> BeforeAsync(TimeLockerDb db, Guid run, CancellationToken ct)
    {
        var queued = await db.Runs.Where(r => r.Id == run).Select(r => (DateTimeOffset?)r.QueuedAt).SingleOrDefaultAsync(ct);
        return db.Runs.Before(queued ?? throw ProblemException.NotFound(Texts.Run, Texts.BeginListAnew), run);
    }

    private static IQueryable<Run> Matching(IQueryable<Run> runs, RunFilter f)
    {
        runs = f.Plan is { } plan ? runs.Where(r => r.PlanId == plan) : runs;
        runs = f.Repository is { } repository ? runs.Where(r => r.RepositoryId == repository) : runs;
        runs = f.Kind is { } kind ? runs.Where(r => r.Kind == kind) : runs;
        runs = f.Outcome is { } outcome ? runs.Where(r => r.Outcome == outcome) : runs;
        runs = f.State is { } state ? runs.Where(r => r.State == state) : runs;
        runs = f.Since is { } since ? runs.Where(r => r.QueuedAt >= since) : runs;
        return f.Until is { } until ? runs.Where(r => r.QueuedAt < until) : runs;
    }
}
