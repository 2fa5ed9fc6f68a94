using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using TimeLocker.Core;
using TimeLocker.Core.Agents;
using TimeLocker.Core.Extensions;
using TimeLocker.Core.Notices;
using TimeLocker.Core.Plans;
using TimeLocker.Core.Repositories;
using TimeLocker.Core.Runs;
using TimeLocker.Core.Secrets;
using TimeLocker.Core.Triggers;
using TimeLocker.Server;
using TimeLocker.Server.Api;
using TimeLocker.Server.Data;
using TimeLocker.Server.Feeds;
using TimeLocker.Server.Identity;
using TimeLocker.Server.Plans;
using TimeLocker.Server.Runs;
using TimeLocker.Server.Runs.Kinds;
using TimeLocker.Server.Triggers;
using TimeLocker.Tests.Server.Identity;
using Xunit;

namespace TimeLocker.Tests.Server.Notices;

/// <summary>
/// A name of a file stands at every place where trouble is kept; then everything that a Viewer and an Auditor may ask
/// for is asked, and every page is opened.
/// </summary>
public sealed partial class NamesStayHomeEverywhereTests : IAsyncLifetime
{
    private const string Name = "/srv/HR/Dismissal letter Smithfield 2026.odt", Password = "correct horse battery";

    // So long that none stands in a key by chance.
    private static readonly string[] Telling = ["Dismissal", "Smithfield"];

    // What an Operator is told with the name: who may know it is not left in the dark.
    private static readonly string[] ToldToOperators = ["machines.list", "plans.get", "plans.list", "plans.triggers",
        "queue.get", "repositories.get", "repositories.list", "runs.events", "runs.get", "runs.issues", "runs.list",
            "status.get"];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static Problem Named => new(
        PluginText.Of($"{Name.AsName()} cannot be read."), PluginText.Of($"restic says: {Name.AsForeign()}"),
        PluginText.Of($"Look at {Name.AsName()}."));

    private DeskRig rig = null!;
    private Repository place = null!;
    private BackupPlan plan = null!;
    private Run failed = null!;
    private string snapshot = null!;
    private Guid channel, policy, rule;

    public async Task InitializeAsync()
    {
        rig = await DeskRig.StartAsync();
        place = await rig.RepositoryAsync();
        rig.Write("data/file");
        plan = await rig.Get<PlanCatalog>()
            .CreateAsync(new()
            {
                Name = "Papers",
                RepositoryId = place.Id,
                Sources = [rig.In("data")],
                Triggers = [new("call", new Dictionary<string, string>(), TriggerAction.Backup)],
            }, DeskRig.Admin);
        policy = (await rig.Get<TimeLocker.Server.Retention.PolicyCatalog>()
            .CreateAsync(new() { Name = "Usual", Policy = new() { KeepLast = 3 } }, DeskRig.Admin)).Id;
        await CallAsync();
        failed = await rig.BackupAsync(await rig.PlanAsync(place, "Photos", rig.In("not-there")));
        failed.Outcome.ShouldBe(RunOutcome.Failed);
        await FillAsync();

        // A restore that waits is called after what it restores.
        await rig.Get<RunQueue>().PauseAsync(Now.AddHours(1), DeskRig.Admin);
        await rig.Get<RestoreRuns>()
            .StartAsync(new()
            {
                RepositoryId = place.Id,
                Snapshot = snapshot,
                Paths = [Name],
                Target = rig.In("restored"),
            }, DeskRig.Admin);
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task No_operation_tells_a_name_to_those_who_may_not_see_it()
    {
        foreach (var role in (Role[])[Role.Viewer, Role.Auditor, Role.Operator])
        {
            using var client = await rig.ClientAsync(role);
            var (telling, refused) = (new SortedSet<string>(), new List<string>());
            foreach (var operation in BuiltIns.Operations().All.Where(o => o.Method == HttpMethod.Get
                && DeskRig.Actor(role).Is(o.Role)))
            {
                foreach (var (way, answered, text) in await AskAsync(client, operation))
                {
                    refused.AddRange(answered ? [] : [$"{way}: {text}"]);
                    telling.UnionWith(Tells(text) ? [role == Role.Operator ? operation.Name : way] : []);
                }
            }

            refused.ShouldBeEmpty($"{role}: what was refused tells nothing here");
            (role == Role.Operator ? ToldToOperators.Except(telling) : telling).ShouldBeEmpty($"{role}");
        }
    }

    [Fact]
    public async Task No_page_shows_a_name_to_those_who_may_not_see_it()
    {
        foreach (var role in (Role[])[Role.Viewer, Role.Auditor, Role.Operator])
        {
            await rig.Get<UserCatalog>()
                .CreateAsync(new() { Name = $"{role}", Role = role, Password = new Secret(Password) }, DeskRig.Admin);
            using var anonymous = await rig.ClientAsync(null);
            using var browser = new Browser(anonymous.BaseAddress!);
            (await browser.SignInAsync($"{role}", Password)).StatusCode.ShouldBe(HttpStatusCode.Found);

            var telling = new SortedSet<string>();
            var (open, seen) = (new Queue<string>(Pages()), new HashSet<string>());
            while (open.TryDequeue(out var page))
            {
                if (!seen.Add(page))
                {
                    continue;
                }

                using var answer = await browser.Http.GetAsync(page);
                ((int)answer.StatusCode).ShouldBeLessThan(500, page);
                var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
                telling.UnionWith(Tells(html) ? [page] : []);
                foreach (Match link in Link().Matches(html))
                {
                    open.Enqueue("/" + link.Groups[1].Value.TrimStart('/'));
                }
            }

            seen.Count.ShouldBeGreaterThan(20);
            if (role == Role.Operator)
            {
                string[] told = ["/", "/machines", $"/plans/{plan.Id}?tab=when", $"/repositories/{place.Id}",
                    $"/repositories/{place.Id}/repair", $"/runs/{failed.Id}"];
                told.Except(telling).ShouldBeEmpty();
            }
            else
            {
                telling.ShouldBeEmpty($"{role}");
            }
        }
    }

    [Fact]
    public async Task No_feed_tells_a_name()
    {
        Tells(await rig.Get<MetricsFeed>().WriteAsync(default)).ShouldBeFalse();
        Tells(await rig.Get<CalendarFeed>().WriteAsync(null, default)).ShouldBeFalse();
    }

    // A program calls twice: a backup begins, and then it is said why none does.
    private async Task CallAsync()
    {
        var desk = rig.Get<TriggerDesk>();
        await DeskRig.UntilAsync(async () => (await desk.OfAsync(plan.Id))[0].Watching);
        var run = await rig.EndAsync((await desk.FireAsync(plan.Id, "call", $"{Name} was written.", DeskRig.Admin)).Runs.Single());
        snapshot = run.SnapshotId!;
        await desk.FireAsync(plan.Id, "call", $"{Name} was written.", DeskRig.Admin);
        desk.Say(plan, plan.Triggers[0], s => s with { Trouble = Named });
    }

    // Every column that holds a problem, of every row; and what else of a run and of a repository may name files.
    private async Task FillAsync()
    {
        await using var db = await rig.DatabaseAsync();
        channel = Guid.CreateVersion7();
        db.Add(new Channel { Id = channel, Name = "Mail", Kind = "webhook", Values = [], CreatedAt = Now });
        rule = Guid.CreateVersion7();
        db.Add(new NoticeRule { Id = rule, Name = "All", ChannelId = channel, Events = [NoticeEvent.Failed], Enabled = false });
        var notice = new Notice
        {
            Id = Guid.CreateVersion7(),
            Key = "test",
            Event = NoticeEvent.Test,
            Level = NoticeLevel.Info,
            Title = Text.Verbatim("A test."),
            At = Now,
        };
        db.Add(notice);
        db.Add(new OutboxItem
        {
            Id = Guid.CreateVersion7(),
            NoticeId = notice.Id,
            ChannelId = channel,
            NotBefore = DateTimeOffset.MaxValue,
            GivenUpAt = Now,
        });
        db.RunIssues.Add(new() { RunId = failed.Id, Ordinal = 1, Path = Name, Message = Text.Verbatim(Name) });
        await db.SaveChangesAsync();
        foreach (var kind in db.Model.GetEntityTypes().Where(t => t.GetProperties().Any(p => p.ClrType == typeof(Problem))))
        {
            var rows = await ((IQueryable<object>)typeof(DbContext).GetMethod(nameof(DbContext.Set), 1,
                [])!.MakeGenericMethod(kind.ClrType).Invoke(db, [])!).ToListAsync();
            rows.ShouldNotBeEmpty(kind.Name);
            foreach (var column in rows.SelectMany(row =>
                db.Entry(row).Properties.Where(p => p.Metadata.ClrType == typeof(Problem))))
            {
                column.CurrentValue = Named;
            }
        }

        foreach (var run in db.ChangeTracker.Entries<Run>())
        {
            run.Property(r => r.Result).CurrentValue = new RunResult
            {
                Folder = Name,
                Notable = [Text.Verbatim(Name)],
                Maintenance = new() { Report = [Text.Verbatim(Name)] },
            };
            run.Property(r => r.Progress).CurrentValue = RunProgress.None with
            {
                CurrentFiles = [Name],
                Note = Text.Verbatim(Name),
                Phase = Text.Verbatim(Name),
            };
            run.Property(r => r.Checks).CurrentValue = [new("sources", CheckLevel.Warning, Text.Verbatim(Name))];
            run.Property(r => r.Command).CurrentValue = Name;
        }

        foreach (var row in db.ChangeTracker.Entries<Repository>().Select(r => r.Entity))
        {
            row.Maintenance = row.Maintenance with
            {
                Damage = new(Now, failed.Id, ["abc"], [snapshot],
                [Text.Verbatim(Name.AsForeign())], false)
            };
        }

        await db.SaveChangesAsync();
    }

    // Over REST, and over RPC where it is there.
    private async Task<List<(string Way, bool Answered, string Text)>> AskAsync(HttpClient client, Operation operation)
    {
        var ways = new List<(string, bool, string)>();
        foreach (var id in Ids(operation.Route))
        {
            var values = new Dictionary<string, object>
            {
                ["id"] = id,
                ["snapshot"] = snapshot,
                ["key"] = "abc",
                ["at"] = Now,
                ["path"] = rig.In("data"),
                ["open"] = true,
            };
            var route = Regex.Replace(operation.Route, @"\{(\w+)\}", match => $"{values[match.Groups[1].Value]}");
            using var answer = await client.GetAsync($"api/v1{route}?at={values["at"]:yyyy-MM-ddTHH:mm:ssZ}&path={values["path"]}");
            ways.Add((route, answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync()));

            var names = operation.Handler.Method.GetParameters().Select(p => p.Name!).ToHashSet();
            using var called = await client.PostAsJsonAsync("rpc",
                new
                {
                    jsonrpc = "2.0",
                    id = 1,
                    method = operation.Name,
                    @params = values.Where(v => names.Contains(v.Key)).ToDictionary()
                });
            var text = await called.Content.ReadAsStringAsync();
            ways.Add(($"{operation.Name} of {id}",
                operation.Streams || !text.Contains("\"error\":", StringComparison.Ordinal), text));
        }

        return ways;
    }

    private IEnumerable<Guid> Ids(string route) => route.Split('/')[1] switch
    {
        "runs" => AllRuns().Where(r => r.HasEnded).Select(r => r.Id),
        "plans" => [plan.Id],
        "repositories" => [place.Id],
        "policies" => [policy],
        "rules" => [rule],
        "channels" or "settings" => [channel],
        "machines" => [plan.MachineId],
        _ => [Guid.Empty],
    };

    private List<Run> AllRuns()
    {
        using var db = rig.Get<IDbContextFactory<TimeLockerDb>>().CreateDbContext();
        return [.. db.Runs.AsNoTracking()];
    }

    // Every page that there is; those of one thing for each of its kind.
    private IEnumerable<string> Pages() =>
        typeof(ServerHost).Assembly.GetTypes().SelectMany(t => t.GetCustomAttributes<RouteAttribute>())
            .Select(r => r.Template)
        .SelectMany(page => page.Contains("{Id", StringComparison.Ordinal)
            ? Ids(page).Select(id => page.Replace("{Id:guid}", $"{id}", StringComparison.Ordinal)) : [page])
        .SelectMany(page => page.Contains("{Tab}", StringComparison.Ordinal) ? []
            : page.StartsWith("/plans/", StringComparison.Ordinal)
            ? [page, .. (string[])[$"{page}?tab=when", $"{page}?tab=runs", $"{page}?tab=keep"]] : (string[])[page]);

    private static bool Tells(string text) =>
        Telling.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)
            || text.Contains(JsonEncodedText.Encode(word).ToString(), StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("href=\"(?!https?:|#|_|css|js|api/|/api/|logout|/logout|mailto:)([^\"#]*)[\"#]")]
    private static partial Regex Link();
}
