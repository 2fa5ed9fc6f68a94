using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Server.Notices;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>
/// Runs that fail over a file with a name made to be overlooked: nobody but an Operator reads any of it, on any way
/// out.
/// </summary>
public sealed class NamesStayHomeTests : IAsyncLifetime
{
    private const string Canary = "Dismissal letter Smith 2026; x, y) ’z: “q” \"r\"";
    private static readonly string[] Telling = ["Dismissal", "Smith", "2026; x", "’z"];

    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan good = null!;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        rig.Write("data/file");
        good = await rig.PlanAsync(place, "good", rig.In("data"));
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    private async Task<Run> MissingSourceAsync() => await rig.BackupAsync(await rig.PlanAsync(place, "gone", rig.In(Canary)));

    private async Task<Run> RestoreAsync(string target, params string[] paths)
    {
        var saved = await rig.BackupAsync(good);
        var run = await rig.Get<RestoreRuns>()
            .StartAsync(new() { RepositoryId = place.Id, Snapshot = saved.SnapshotId, Paths = paths, Target = target },
            DeskRig.Admin);
        return await rig.EndAsync(run);
    }

    private Task<Run> FullFolderAsync()
    {
        rig.Write($"{Canary}/something");
        return RestoreAsync(rig.In(Canary), rig.In("data"));
    }

    private Task<Run> FileAsTargetAsync() => RestoreAsync(rig.Write(Canary), rig.In("data"));

    private Task<Run> TargetBelowAFileAsync() => RestoreAsync(rig.Write(Canary) + "/restored", rig.In("data"));

    private Task<Run> NotInTheSnapshotAsync() => RestoreAsync(rig.In("restored"), "/" + Canary);

    private async Task<Run> AlmostEmptiedAsync()
    {
        foreach (var n in Enumerable.Range(0, 40))
        {
            rig.Write($"{Canary}/{n}");
        }

        var plan = await rig.PlanAsync(place, "emptied", rig.In(Canary));
        await rig.BackupAsync(plan);
        Directory.Delete(rig.In(Canary), recursive: true);
        rig.Write($"{Canary}/0");
        return await rig.BackupAsync(plan);
    }

    private async Task<Run> OwnKeysAsync()
    {
        File.CreateSymbolicLink(rig.In(Canary), rig.Data);
        return await rig.BackupAsync(await rig.PlanAsync(place, "keys", rig.In(Canary, "keys")));
    }

    [Theory]
    [InlineData(nameof(MissingSourceAsync), true)]
    [InlineData(nameof(FullFolderAsync), true)]
    [InlineData(nameof(FileAsTargetAsync), true)]
    [InlineData(nameof(TargetBelowAFileAsync), true)]
    [InlineData(nameof(NotInTheSnapshotAsync), false)]
    [InlineData(nameof(AlmostEmptiedAsync), true)]
    [InlineData(nameof(OwnKeysAsync), true)]
    public async Task A_failed_run_is_told_without_names(string what, bool operatorReadsIt)
    {
        var run = await (Task<Run>)GetType().GetMethod(what,
            System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.Invoke(this, [])!;
        run.Outcome.ShouldNotBe(RunOutcome.Succeeded, what);

        // What channels get, and what stands at the bell.
        await using var db = await rig.DatabaseAsync();
        await DeskRig.UntilAsync(() => db.Notices.AnyAsync(n => n.RunId == run.Id));
        foreach (var notice in await db.Notices.AsNoTracking().ToListAsync())
        {
            var sent = rig.Get<NoticeWriter>().Of(notice, null);
            Check($"{sent.Title}\n{sent.Text}", "a notice");
        }

        // What is answered.
        foreach (var role in (Role[])[Role.Viewer, Role.Auditor])
        {
            using var client = await rig.ClientAsync(role);
            foreach (var address in (string[])[$"api/v1/runs/{run.Id}", "api/v1/runs", $"api/v1/runs/{run.Id}/events",
                "api/v1/status", "api/v1/notices", "api/v1/anomalies", "api/v1/queue", "api/v1/triggers",
                    "api/v1/repositories", "metrics"])
            {
                Check(WithoutSettings(await client.GetStringAsync(address)), $"{address} for the {role}");
            }

            foreach (var method in (string[])["runs.get", "runs.issues", "runs.log"])
            {
                using var answer = await client.PostAsync("rpc",
                    JsonContent.Create(new { jsonrpc = "2.0", id = 1, method, @params = new { id = run.Id } }));
                Check(await answer.Content.ReadAsStringAsync(), $"{method} for the {role}");
            }
        }

        using var own = await rig.ClientAsync(Role.Operator);
        Readable(await own.GetStringAsync($"api/v1/runs/{run.Id}")).Contains("Smith", StringComparison.Ordinal)
            .ShouldBe(operatorReadsIt || run.Kind == RunKind.Restore);
        if (operatorReadsIt)
        {
            run.Problem!.ToString().ShouldContain("Smith");
        }
    }

    // Which folders a plan saves is the plan's setting, and everybody may see plans.
    private static string WithoutSettings(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, @"""sources"":\[[^\]]*\]", "");

    private static string Readable(string text) =>
        System.Text.RegularExpressions.Regex.Unescape(text.Replace("\\/", "/", StringComparison.Ordinal).Replace("\\\"",
            "\"", StringComparison.Ordinal));

    private static void Check(string text, string where)
    {
        foreach (var word in Telling)
        {
            text.ShouldNotContain(word, Case.Insensitive, where);
            text.ShouldNotContain(System.Text.Json.JsonEncodedText.Encode(word).ToString(), Case.Insensitive, where);
        }
    }
}
