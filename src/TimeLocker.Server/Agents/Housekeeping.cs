using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Runs.Kinds;
using TimeLocker.Server.Audit;
using TimeLocker.Server.Background;
using TimeLocker.Server.Data;

namespace TimeLocker.Server.Agents;

/// <summary>
/// Cleans up on the machines, daily and on demand: caches, temporary files, old logs, and restores that were cut off.
/// </summary>
public sealed class Housekeeping(IDbContextFactory<TimeLockerDb> databases, AuditLog audit, AgentRegistry agents,
    TimeProvider clock) : IBackgroundWork
{
    private const string PolicySetting = "cleanup.policy", ReportSetting = "cleanup.report";

    public string Name => "cleanup";

    public Text Does => Texts.HousekeepingDoes;

    public DateTimeOffset FirstAt => clock.Next(RegularTimes.EveryNight);

    public async Task<DateTimeOffset?> RunAsync(bool asked, CancellationToken ct)
    {
        await CleanUpAsync(new(), Actor.System, ct);
        return clock.Next(RegularTimes.EveryNight);
    }

    public async Task<CleanUpState> StateAsync(Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Operator);
        await using var db = await databases.CreateDbContextAsync(ct);
        var revision = await db.RevisionAsync(PolicySetting, ct);
        var policy = await PolicyAsync(ct);
        var offered = await InterruptedRestoresAsync(ct);
        var held = await AskAsync((await QuestionAsync(policy, ct)) with
        {
            CacheLimit = 1,
            LogsBefore = DateTimeOffset.MaxValue,
            DryRun = true,
        }, ct);
        var due = await AskAsync((await QuestionAsync(policy, ct)) with { Restores = offered, DryRun = true }, ct);
        return new CleanUpState(policy,
            held.GroupBy(f => f.What).ToDictionary(kind => kind.Key, kind => kind.Sum(f => f.Bytes)),
            Report(who, true, [.. due.Where(f => f.What != "restore")]),
            [.. due.Where(f => f.What == "restore")],
            await ReadAsync<CleanUpReport>(ReportSetting, null, ct))
        {
            Revision = revision,
        };
    }

    /// <summary>Cleans up, or in a dry run says what would go.</summary>
    public async Task<CleanUpReport> CleanUpAsync(NewCleanUp wanted, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var restores = wanted.Restores ?? [];
        if (restores.Count > 0 && restores.Except(await InterruptedRestoresAsync(ct)).FirstOrDefault() is { } strange)
        {
            throw ProblemException.Invalid(Problems.NotRemovedFolderRestore(strange.AsName()));
        }

        var question = (await QuestionAsync(await PolicyAsync(ct), ct)) with { Restores = restores, DryRun = wanted.DryRun };
        var report = Report(who, wanted.DryRun, await AskAsync(question, ct));
        if (!wanted.DryRun)
        {
            await audit.ChangeAsync(who, "cleanup.done", async (db, note) =>
            {
                await SetAsync(db, ReportSetting, report, ct);
                note.About("setting", ReportSetting, new { report.Count, report.Bytes, restores = restores.Count });
            }, CancellationToken.None);
        }

        return report;
    }

    public Task<CleanUpPolicy> ChangePolicyAsync(CleanUpPolicy policy, Actor who, CancellationToken ct = default)
    {
        who.MustBe(Role.Admin);
        var wanted = policy.Checked();
        return audit.ChangeAsync(who, "cleanup.policy-changed", async (db, note) =>
        {
            await SetAsync(db, PolicySetting, wanted, ct);
            note.AboutSetting(PolicySetting, Texts.CleanUpRules, Text(CleanUpPolicy.Default));
            return wanted;
        }, ct);
    }

    private async Task<CleanUpPolicy> PolicyAsync(CancellationToken ct) =>
        await ReadAsync(PolicySetting, CleanUpPolicy.Nothing, ct) ?? CleanUpPolicy.Default;

    private CleanUpReport Report(Actor who, bool dryRun, IReadOnlyList<Freed> freed) =>
        CleanUpReport.Of(clock.GetUtcNow(), who.Id, dryRun, freed);

    private async Task<CleanUp> QuestionAsync(CleanUpPolicy policy, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var known = await db.Repositories.Select(r => r.ResticId).ToListAsync(ct);
        var live = await db.Runs.Where(r => r.State != RunState.Ended).Select(r => new { r.Id, r.QueuedAt }).ToListAsync(ct);
        var beyond = policy.LogCount == 0 ? null
            : await db.Runs.Where(r => r.State == RunState.Ended).NewestFirst().Skip(policy.LogCount - 1)
                .Select(r => r.EndedAt).FirstOrDefaultAsync(ct);
        var tooOld = policy.LogDays == 0 ? DateTimeOffset.MinValue : clock.GetUtcNow().AddDays(-policy.LogDays);
        return new CleanUp(known, [.. live.Select(r => r.Id)], beyond is { } at && at > tooOld ? at : tooOld,
            policy.CacheMiB << 20, [], DryRun: false)
        {
            LiveSince = live.Min(r => (DateTimeOffset?)r.QueuedAt),
        };
    }

    // Of restores that restic had begun: before that, the folder was nobody's but its owner's. And not where a later
    // restore ended well.
    private async Task<IReadOnlyList<string>> InterruptedRestoresAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var restores = await db.Runs.AsNoTracking().Where(r => r.Kind == RunKind.Restore).NewestFirst().Take(1000).ToListAsync(ct);
        var latest =
            restores.Where(r => r.Command is not null
                && r.Request is RestoreRequest { Folder: not null, DryRun: false })
                .GroupBy(r => ((RestoreRequest)r.Request).Folder!.TrimEnd('/')).ToList();
        return [.. latest.Where(folder => folder.All(r => r.Outcome is RunOutcome.Cancelled or RunOutcome.Failed
            or RunOutcome.Interrupted)).Select(folder => folder.Key)];
    }

    // A machine that is not connected is cleaned up another day.
    private async Task<IReadOnlyList<Freed>> AskAsync(CleanUp question, CancellationToken ct)
    {
        List<Freed> freed = [];
        foreach (var agent in agents.Connected)
        {
            freed.AddRange(await agent.AskAsync(question, ct));
        }

        return freed;
    }

    private async Task<T?> ReadAsync<T>(string setting, T? damaged, CancellationToken ct) where T : class
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.SettingAsync(setting,
            stored => JsonSerializer.Deserialize<T>(stored, JsonSerializerOptions.Web), damaged, ct);
    }

    private static Task SetAsync<T>(TimeLockerDb db, string setting, T value, CancellationToken ct) =>
        db.SetAsync(setting, Text(value), ct);

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}
